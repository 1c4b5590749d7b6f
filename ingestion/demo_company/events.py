"""The events that Northwind's CRM and billing system send about the contract book.

Belongs here: the canonical shape of each event as it lands (CloudEvents 1.0, amounts as text).
Does not: what the amounts are (billing.py) or in which file an event arrives (landing_files.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core.money import to_decimal
from ingestion.demo_company.billing import Credit, Invoice, Payment
from ingestion.demo_company.contract_book import Contract, ContractBook, Line

_PAYMENT_TERM = timedelta(days=30)
_RECEIVED_AFTER = timedelta(seconds=45)
_CRM_TIME = time(10)
_INVOICE_TIME = time(14)
_CREDIT_TIME = time(15)
_PAYMENT_TIME = time(16)


@dataclass(frozen=True, kw_only=True)
class LandedEvent:
    """An event, when it was sent (UTC) and the file that brings it."""

    sent_at: datetime
    file: str
    envelope: dict[str, Any]


def crm_events(book: ContractBook) -> Iterator[LandedEvent]:
    """Yield what the CRM says: customers, then contracts and what changed them."""
    for customer in book.customers:
        first = min(c.signed for c in book.contracts if c.customer_id == customer.customer_id)
        source_id = customer.source_id("crm")
        yield _event(
            source="crm",
            event_type="customer.updated",
            event_id=f"crm-{source_id}-1",
            subject=source_id,
            sent_at=datetime.combine(first, _CRM_TIME) - timedelta(days=1),
            correlation_id=source_id,
            file="crm/customers.jsonl",
            data={
                "customer_id": source_id,
                "name": customer.name,
                "email": f"accounts@{customer.key}.example",
                "status": "active",
            },
        )
    for contract in book.contracts:
        yield _created(book, contract)
        yield from _amended(contract)
        if contract.cancellation:
            cancellation = contract.cancellation
            yield _contract_event(
                contract,
                "subscription.cancelled",
                "cancelled",
                cancellation.announced,
                {
                    "effective_date": _text(cancellation.effective_date),
                    "policy": cancellation.policy,
                    "access_until": _text(cancellation.access_until),
                },
            )


def invoice_event(book: ContractBook, invoice: Invoice) -> LandedEvent:
    """Return the event that announces an invoice."""
    contract = invoice.contract
    currency = contract.currency
    return _event(
        source="billing",
        event_type="invoice.finalized",
        event_id=_invoice_event_id(invoice),
        subject=invoice.invoice_id,
        sent_at=datetime.combine(invoice.invoice_date, _INVOICE_TIME),
        correlation_id=_order(contract),
        causation_id=f"crm-{contract.contract_id}-created",
        file="billing/invoices.jsonl.gz",
        data={
            "invoice_id": invoice.invoice_id,
            "customer_id": book.customer(contract.customer_id).source_id("billing"),
            "legal_entity_code": contract.legal_entity_code,
            "currency": currency,
            "invoice_date": _text(invoice.invoice_date),
            "due_date": _text(invoice.invoice_date + _PAYMENT_TERM),
            "total_amount": _amount(invoice.total_minor, currency),
            "tax_amount": _amount(invoice.tax_minor, currency),
            "lines": [
                {
                    "invoice_line_id": f"{invoice.invoice_id}-{number}",
                    "contract_id": contract.contract_id,
                    "contract_line_id": line.contract_line_id,
                    "product_code": line.product_code,
                    "line_kind": line.line_kind,
                    "service_start": _text(line.service_start),
                    "service_end": _text(line.service_end),
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
    return _event(
        source="billing",
        event_type="credit.issued",
        event_id=f"bil-{credit.credit_id}",
        subject=credit.credit_id,
        sent_at=datetime.combine(credit.credit_date, _CREDIT_TIME),
        correlation_id=_order(contract),
        causation_id=_invoice_event_id(credit.invoice),
        file="billing/credits.jsonl",
        data={
            "credit_id": credit.credit_id,
            "invoice_id": credit.invoice.invoice_id,
            "customer_id": book.customer(contract.customer_id).source_id("billing"),
            "legal_entity_code": contract.legal_entity_code,
            "currency": currency,
            "credit_date": _text(credit.credit_date),
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
    return _event(
        source="billing",
        event_type="payment.succeeded",
        event_id=f"bil-{payment.payment_id}",
        subject=payment.payment_id,
        sent_at=datetime.combine(payment.paid_date, _PAYMENT_TIME),
        correlation_id=_order(contract),
        causation_id=_invoice_event_id(payment.invoice),
        file="billing/payments.jsonl",
        data={
            "payment_id": payment.payment_id,
            "invoice_id": payment.invoice.invoice_id,
            "customer_id": book.customer(contract.customer_id).source_id("billing"),
            "legal_entity_code": contract.legal_entity_code,
            "currency": contract.currency,
            "amount": _amount(payment.amount_minor, contract.currency),
            "paid_date": _text(payment.paid_date),
        },
    )


def _created(book: ContractBook, contract: Contract) -> LandedEvent:
    data = {
        "subscription_id": contract.contract_id.replace("CT", "SUB"),
        "customer_id": book.customer(contract.customer_id).source_id("crm"),
        "legal_entity_code": contract.legal_entity_code,
        "currency": contract.currency,
        "term_start": _text(contract.term_start),
        "term_end": _text(contract.term_end),
        "billing_frequency": contract.billing_frequency,
        "billing_timing": contract.billing_timing,
    }
    if contract.schema_version == 1:
        (line,) = contract.lines
        data |= {
            "plan_code": line.product_code,
            "seats": str(line.quantity),
            "price_per_seat_year": str(line.unit_price),
        }
    else:
        data["lines"] = [_line(line) for line in contract.lines]
    return _contract_event(
        contract,
        "subscription.created",
        "created",
        contract.signed,
        data,
        version=contract.schema_version,
    )


def _amended(contract: Contract) -> Iterator[LandedEvent]:
    for amendment in contract.amendments:
        yield _contract_event(
            contract,
            "subscription.amended",
            amendment.amendment_id,
            amendment.announced,
            {
                "amendment_id": amendment.amendment_id,
                "amendment_type": amendment.amendment_type,
                "timing": amendment.timing,
                "effective_date": _text(amendment.effective_date),
                "term_end": _text(amendment.term_end),
                "lines": [_line(line) for line in amendment.lines],
            },
        )


def _contract_event(
    contract: Contract,
    event_type: str,
    name: str,
    day: date,
    data: dict[str, Any],
    *,
    version: int | None = None,
) -> LandedEvent:
    created = f"crm-{contract.contract_id}-created"
    return _event(
        source="crm",
        event_type=event_type,
        event_id=f"crm-{contract.contract_id}-{name}",
        subject=contract.contract_id,
        sent_at=datetime.combine(day, _CRM_TIME),
        correlation_id=_order(contract),
        causation_id=None if name == "created" else created,
        file="crm/subscriptions.jsonl",
        data={"contract_id": contract.contract_id, **data},
        version=version or 1,
    )


def _event(
    *,
    source: str,
    event_type: str,
    event_id: str,
    subject: str,
    sent_at: datetime,
    correlation_id: str,
    file: str,
    data: dict[str, Any],
    causation_id: str | None = None,
    version: int = 1,
) -> LandedEvent:
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": f"{sent_at.isoformat()}Z",
        "dataschema": f"tieout:{event_type}:{version}",
        "correlationid": correlation_id,
        "causationid": causation_id,
        "received_at": f"{(sent_at + _RECEIVED_AFTER).isoformat()}Z",
        "data": data,
    }
    return LandedEvent(
        sent_at=sent_at,
        file=file,
        envelope={name: value for name, value in envelope.items() if value is not None},
    )


def _line(line: Line) -> dict[str, str]:
    if line.is_usage:
        return {
            "contract_line_id": line.contract_line_id,
            "product_code": line.product_code,
            "line_kind": "usage",
            "meter_code": str(line.meter_code),
            "price_id": str(line.price_id),
        }
    return {
        "contract_line_id": line.contract_line_id,
        "product_code": line.product_code,
        "line_kind": "fixed",
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
        "price_period": str(line.price_period),
    }


def _order(contract: Contract) -> str:
    """The order that began the business transaction; its id goes through all systems."""
    return contract.contract_id.replace("CT", "ORD")


def _invoice_event_id(invoice: Invoice) -> str:
    return f"bil-{invoice.invoice_id}"


def _amount(amount_minor: int, currency: str) -> str:
    return str(to_decimal(amount_minor, currency))


def _text(day: date) -> str:
    return day.isoformat()
