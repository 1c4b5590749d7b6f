"""The events that Northwind's billing system sends: invoices, credits, payments.

Belongs here: the data of billing events; amounts are decimal text.
Does not: the amounts themselves (billing.py).
"""

from datetime import datetime, time, timedelta
from functools import cache

from core.money import to_decimal
from ingestion.demo_company.arithmetic import read_product_codes
from ingestion.demo_company.contract_book import BOOK, ContractBook
from ingestion.demo_company.documents import Credit, Invoice, Payment
from ingestion.demo_company.envelope import LandedEvent, day_text, event, order_id

_PAYMENT_TERM = timedelta(days=30)
_INVOICE_TIME = time(14)
_CREDIT_TIME = time(15)
_PAYMENT_TIME = time(16)


def invoice_event(book: ContractBook, invoice: Invoice) -> LandedEvent:
    """Return the event that announces an invoice."""
    contract = invoice.contract
    currency = contract.currency
    return event(
        source=contract.billing_source,
        event_type="invoice.finalized",
        event_id=_invoice_event_id(invoice),
        subject=invoice.invoice_id,
        sent_at=datetime.combine(invoice.invoice_date, _INVOICE_TIME),
        correlation_id=order_id(contract),
        causation_id=f"crm-{contract.contract_id}-created",
        file=f"{contract.billing_source}/invoices.jsonl.gz",
        data={
            "invoice_id": invoice.invoice_id,
            "customer_id": book.customer(contract.customer_id).source_id(contract.billing_source),
            "legal_entity_code": contract.legal_entity_code,
            "currency": currency,
            "invoice_date": day_text(invoice.invoice_date),
            "due_date": day_text(invoice.invoice_date + _PAYMENT_TERM),
            "total_amount": _amount(invoice.total_minor, currency),
            "tax_amount": _amount(invoice.tax_minor, currency),
            "lines": [
                {
                    "invoice_line_id": f"{invoice.invoice_id}-{number}",
                    "contract_id": contract.contract_id,
                    "contract_line_id": line.contract_line_id,
                    "product_code": _product_codes().get(
                        (contract.billing_source, line.product_code), line.product_code
                    ),
                    "line_kind": line.line_kind,
                    "service_start": day_text(line.service_start),
                    "service_end": day_text(line.service_end),
                    "net_amount": _amount(line.net_minor, currency),
                    "tax_amount": _amount(line.tax_minor, currency),
                    "tax_code": contract.tax_code,
                }
                for number, line in enumerate(invoice.lines, start=1)
            ],
        },
    )


def credit_event(book: ContractBook, credit: Credit) -> LandedEvent:
    """Return the event that announces a credit memo."""
    contract = credit.invoice.contract
    currency = contract.currency
    return event(
        source=contract.billing_source,
        event_type="credit.issued",
        event_id=f"bil-{credit.credit_id}",
        subject=credit.credit_id,
        sent_at=datetime.combine(credit.credit_date, _CREDIT_TIME),
        correlation_id=order_id(contract),
        causation_id=_invoice_event_id(credit.invoice),
        file=f"{contract.billing_source}/credits.jsonl",
        data={
            "credit_id": credit.credit_id,
            "invoice_id": credit.invoice.invoice_id,
            "customer_id": book.customer(contract.customer_id).source_id(contract.billing_source),
            "legal_entity_code": contract.legal_entity_code,
            "currency": currency,
            "credit_date": day_text(credit.credit_date),
            "total_amount": _amount(credit.net_minor + credit.tax_minor, currency),
            "tax_amount": _amount(credit.tax_minor, currency),
            "lines": [
                {
                    "credit_line_id": f"{credit.credit_id}-1",
                    "invoice_line_id": f"{credit.invoice.invoice_id}-{credit.line_number}",
                    "basis": credit.basis,
                    "net_amount": _amount(credit.net_minor, currency),
                    "tax_amount": _amount(credit.tax_minor, currency),
                    "tax_code": contract.tax_code,
                }
            ],
        },
    )


def payment_event(book: ContractBook, payment: Payment) -> LandedEvent:
    """Return the event that announces a payment."""
    contract = payment.invoice.contract
    return event(
        source=contract.billing_source,
        event_type="payment.succeeded",
        event_id=f"bil-{payment.payment_id}",
        subject=payment.payment_id,
        sent_at=datetime.combine(payment.paid_date, _PAYMENT_TIME),
        correlation_id=order_id(contract),
        causation_id=_invoice_event_id(payment.invoice),
        file=f"{contract.billing_source}/payments.jsonl",
        data={
            "payment_id": payment.payment_id,
            "invoice_id": payment.invoice.invoice_id,
            "customer_id": book.customer(contract.customer_id).source_id(contract.billing_source),
            "legal_entity_code": contract.legal_entity_code,
            "currency": contract.currency,
            "amount": _amount(payment.amount_minor, contract.currency),
            "paid_date": day_text(payment.paid_date),
        },
    )


@cache
def _product_codes() -> dict[tuple[str, str], str]:
    return read_product_codes(BOOK / "reference")


def _invoice_event_id(invoice: Invoice) -> str:
    return f"bil-{invoice.invoice_id}"


def _amount(amount_minor: int, currency: str) -> str:
    return str(to_decimal(amount_minor, currency))
