"""The events that Northwind's CRM sends: customers, contracts and what changed them.

Belongs here: the data of customer and subscription events.
Does not: billing documents (billing_events.py).
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from ingestion.demo_company.contract_book import Contract, ContractBook, Line
from ingestion.demo_company.envelope import LandedEvent, day_text, event, order_id
from ingestion.demo_company.sales_events import quote_id

_SENT_AT = time(10)


def crm_events(book: ContractBook) -> Iterator[LandedEvent]:
    """Yield what the CRM says of customers, of contracts and of what changed them."""
    for customer in book.customers:
        first = min(c.signed for c in book.contracts if c.customer_id == customer.customer_id)
        source_id = customer.source_id("crm")
        yield event(
            source="crm",
            event_type="customer.updated",
            event_id=f"crm-{source_id}-1",
            subject=source_id,
            sent_at=datetime.combine(first, _SENT_AT) - timedelta(days=1),
            correlation_id=source_id,
            file="crm/customers.jsonl",
            data={
                "customer_id": source_id,
                "name": customer.name,
                "email": f"accounts@{customer.key}.example",
                "status": customer.status_in_crm,
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
                    "effective_date": day_text(cancellation.effective_date),
                    "policy": cancellation.policy,
                    "access_until": day_text(cancellation.access_until),
                },
            )


def _created(book: ContractBook, contract: Contract) -> LandedEvent:
    data = {
        "subscription_id": contract.contract_id.replace("CT", "SUB"),
        "customer_id": book.customer(contract.customer_id).source_id("crm"),
        "legal_entity_code": contract.legal_entity_code,
        "currency": contract.currency,
        "term_start": day_text(contract.term_start),
        "term_end": day_text(contract.term_end),
        "billing_frequency": contract.billing_frequency,
        "billing_timing": contract.billing_timing,
        "quote_id": quote_id(contract, 1),
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
    for version_number, amendment in enumerate(contract.amendments, start=2):
        yield _contract_event(
            contract,
            "subscription.amended",
            amendment.amendment_id,
            amendment.announced,
            {
                "amendment_id": amendment.amendment_id,
                "amendment_type": amendment.amendment_type,
                "timing": amendment.timing,
                "effective_date": day_text(amendment.effective_date),
                "term_end": day_text(amendment.term_end),
                "quote_id": quote_id(contract, version_number),
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
    return event(
        source="crm",
        event_type=event_type,
        event_id=f"crm-{contract.contract_id}-{name}",
        subject=contract.contract_id,
        sent_at=datetime.combine(day, _SENT_AT),
        correlation_id=order_id(contract),
        causation_id=None if name == "created" else created,
        file="crm/subscriptions.jsonl",
        data={"contract_id": contract.contract_id, **data},
        version=version or 1,
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
