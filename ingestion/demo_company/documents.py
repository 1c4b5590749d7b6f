"""The documents of Northwind's billing system.

Belongs here: invoices, credit memos, payments and their totals.
Does not: when and over how much they are issued (billing.py).
"""

from dataclasses import dataclass
from datetime import date

from ingestion.demo_company.contract_book import Contract


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice; the service span is inclusive."""

    contract_line_id: str
    product_code: str
    line_kind: str
    service_start: date
    service_end: date
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """A claim on a customer."""

    invoice_id: str
    contract: Contract
    invoice_date: date
    lines: tuple[InvoiceLine, ...]

    @property
    def tax_minor(self) -> int:
        """The tax of all lines."""
        return sum(line.tax_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What the customer has to pay."""
        return sum(line.net_minor for line in self.lines) + self.tax_minor


@dataclass(frozen=True, kw_only=True)
class Credit:
    """A reduction of one line of an invoice."""

    credit_id: str
    invoice: Invoice
    credit_date: date
    line_number: int
    basis: str
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money received for an invoice."""

    payment_id: str
    invoice: Invoice
    amount_minor: int
    paid_date: date
