"""Contracts, documents and usage of the sound company, as its sources send them.

Belongs here: one builder for each kind of document, and the terms of each contract.
Does not: which of them the company has (sound_company), or faults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.company import event

CONTRACTS = tuple(f"S{number}" for number in range(1, 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What differs from contract to contract."""

    entity: str = "T-US"
    currency: str = "USD"
    unit_price: str = "240.00"
    frequency: str = "annual"


TERMS = {name: Terms() for name in CONTRACTS} | {
    "S2": Terms(frequency="quarterly"),
    "S3": Terms(entity="T-DE", currency="EUR"),
    "S4": Terms(currency="GBP"),
    "S5": Terms(currency="JPY", unit_price="24000"),
}


def seats(name: str, **changes: Any) -> dict[str, Any]:
    """Return the fixed line of a contract."""
    return {
        "contract_line_id": f"{name}-1",
        "product_code": "PLAN",
        "line_kind": "fixed",
        "quantity": "10",
        "unit_price": TERMS.get(name, Terms()).unit_price,
        "price_period": "year",
    } | changes


def calls(name: str, **changes: Any) -> dict[str, Any]:
    """Return the metered line of a contract."""
    return {
        "contract_line_id": f"{name}-2",
        "product_code": "API",
        "line_kind": "usage",
        "meter_code": "api_calls",
        "price_id": "api-usd",
    } | changes


def contract(name: str, *, source: str = "crm", event_id: str = "", **changes: Any) -> Any:
    """Return the announcement of a contract; dollar contracts also meter calls."""
    terms = TERMS.get(name, Terms())
    lines = [seats(name)] + ([calls(name)] if terms.currency == "USD" else [])
    data = {
        "contract_id": name,
        "subscription_id": f"SUB-{name}",
        "customer_id": f"{source}-{name}",
        "legal_entity_code": terms.entity,
        "currency": terms.currency,
        "term_start": "2026-01-01",
        "term_end": "2026-12-31",
        "billing_frequency": terms.frequency,
        "billing_timing": "advance",
        "lines": lines,
    } | changes
    return event(
        "subscription.created",
        data,
        id=event_id or f"contract-{name}",
        source=source,
        correlationid=f"order-{name}",
    )


def invoice(
    document_id: str,
    name: str,
    net: str,
    *,
    tax: str = "",
    tax_code: str = "NONE",
    zero: str = "0.00",
    service: tuple[str, str] = ("2026-01-01", "2026-12-31"),
    on: str = "2026-01-01",
    line: Mapping[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Return an invoice of one line for the seats of a contract."""
    terms = TERMS.get(name, Terms())
    tax = tax or zero
    total = str(Decimal(net) + Decimal(tax))
    one_line = {
        "invoice_line_id": f"{document_id}-1",
        "contract_id": name,
        "contract_line_id": f"{name}-1",
        "product_code": "PLAN",
        "line_kind": "fixed",
        "service_start": service[0],
        "service_end": service[1],
        "net_amount": net,
        "tax_amount": tax,
        "tax_code": tax_code,
    } | dict(line or {})
    data = {
        "invoice_id": document_id,
        "customer_id": f"billing-{name}",
        "legal_entity_code": terms.entity,
        "currency": terms.currency,
        "invoice_date": on,
        "due_date": "2026-03-31",
        "total_amount": total,
        "tax_amount": tax,
        "lines": [one_line],
    } | changes
    return event(
        "invoice.finalized",
        data,
        id=f"event-{document_id}",
        source="billing",
        correlationid=f"order-{name}",
    )


def usage_invoice(
    document_id: str,
    name: str,
    net: str,
    on: str,
    service: tuple[str, str] = ("2026-01-01", "2026-01-31"),
) -> dict[str, Any]:
    """Return an invoice for the calls of a month."""
    line = {"contract_line_id": f"{name}-2", "product_code": "API", "line_kind": "usage"}
    return invoice(document_id, name, net, on=on, service=service, line=line)


def credit(
    document_id: str,
    invoice_id: str,
    net: str,
    on: str,
    *,
    contract_id: str,
    basis: str = "concession",
) -> dict[str, Any]:
    """Return a credit memo for the first line of an invoice."""
    terms = TERMS.get(contract_id, Terms())
    line = {
        "credit_line_id": "1",
        "invoice_line_id": f"{invoice_id}-1",
        "basis": basis,
        "net_amount": net,
        "tax_amount": "0.00",
    }
    data = {
        "credit_id": document_id,
        "invoice_id": invoice_id,
        "customer_id": f"billing-{contract_id}",
        "legal_entity_code": terms.entity,
        "currency": terms.currency,
        "credit_date": on,
        "total_amount": net,
        "tax_amount": "0.00",
        "lines": [line],
    }
    return event("credit.issued", data, id=f"event-{document_id}", source="billing")


def payment(
    document_id: str, invoice_id: str, amount: str, on: str, *, contract_id: str
) -> dict[str, Any]:
    """Return a payment of an invoice."""
    terms = TERMS.get(contract_id, Terms())
    data = {
        "payment_id": document_id,
        "invoice_id": invoice_id,
        "customer_id": f"billing-{contract_id}",
        "legal_entity_code": terms.entity,
        "currency": terms.currency,
        "amount": amount,
        "paid_date": on,
    }
    return event("payment.succeeded", data, id=f"event-{document_id}", source="billing")


def usage_row(
    row_id: str, name: str, day: str, quantity: str, meter: str = "api_calls"
) -> tuple[str, ...]:
    """Return one usage record of a contract's customer."""
    return (row_id, f"metering-{name}", f"{day}T15:00:00Z", meter, quantity)


def replacement(
    row_id: str, name: str, day: str, quantity: str, supersedes: str
) -> tuple[str, ...]:
    """Return one usage record that stands in the place of another."""
    return (*usage_row(row_id, name, day, quantity), supersedes, "")


def usage_cancellation(row_id: str, cancels: str) -> tuple[str, ...]:
    """Return the row of a usage file that takes a usage record back."""
    return (row_id, "", "2026-03-05T15:00:00Z", "", "", "", cancels)
