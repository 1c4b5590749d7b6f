"""The events of Northwind's sales: deals won, and an accepted quote for each version of a contract.

Belongs here: the data of opportunities and quotes, and the ids that contracts name them by.
Does not: the contracts themselves (crm_events.py).
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from core.money import to_decimal
from ingestion.demo_company import arithmetic
from ingestion.demo_company.contract_book import Contract, ContractBook, Line, Version, versions
from ingestion.demo_company.envelope import LandedEvent, day_text, event, order_id

_WON_AT = time(8)
_ACCEPTED_AT = time(9)
_WON_BEFORE_SIGNATURE = timedelta(days=3)


def quote_id(contract: Contract, version_number: int) -> str:
    """Return the id of the quote that a version of a contract comes from."""
    return contract.contract_id.replace("CT", "Q") + f"-{version_number}"


def sales_events(book: ContractBook) -> Iterator[LandedEvent]:
    """Yield, for each contract, the deal that was won and the quotes that were accepted."""
    for contract in book.contracts:
        yield _won(book, contract)
        accepted = [contract.signed, *(a.announced for a in contract.amendments)]
        for version, day in zip(versions(contract), accepted, strict=True):
            yield _accepted(book, contract, version, datetime.combine(day, _ACCEPTED_AT))


def _won(book: ContractBook, contract: Contract) -> LandedEvent:
    day = contract.signed - _WON_BEFORE_SIGNATURE
    return event(
        source="crm",
        event_type="opportunity.won",
        event_id=f"crm-{_opportunity_id(contract)}",
        subject=_opportunity_id(contract),
        sent_at=datetime.combine(day, _WON_AT),
        correlation_id=order_id(contract),
        file="crm/sales.jsonl",
        data={
            "opportunity_id": _opportunity_id(contract),
            "customer_id": book.customer(contract.customer_id).source_id("crm"),
            "currency": contract.currency,
            "amount": _amount(contract, versions(contract)[0]),
            "close_date": day_text(day),
            "owner": f"sales-{contract.legal_entity_code.lower()}",
        },
    )


def _accepted(
    book: ContractBook, contract: Contract, version: Version, sent_at: datetime
) -> LandedEvent:
    quote = quote_id(contract, version.number)
    return event(
        source="crm",
        event_type="quote.accepted",
        event_id=f"crm-{quote}",
        subject=quote,
        sent_at=sent_at,
        correlation_id=order_id(contract),
        causation_id=f"crm-{_opportunity_id(contract)}",
        file="crm/sales.jsonl",
        data={
            "quote_id": quote,
            "opportunity_id": _opportunity_id(contract),
            "customer_id": book.customer(contract.customer_id).source_id("crm"),
            "contract_id": contract.contract_id,
            "currency": contract.currency,
            "total_amount": _amount(contract, version),
            "lines": [_line(line) for line in version.lines],
        },
    )


def _opportunity_id(contract: Contract) -> str:
    return contract.contract_id.replace("CT", "OPP")


def _amount(contract: Contract, version: Version) -> str:
    """Return what the fixed lines of a version cost over its whole term, in major units."""
    months = arithmetic.term_months(version.term_start, version.term_end)
    total_minor = sum(
        arithmetic.term_price(
            quantity=line.quantity,
            unit_price=line.unit_price,
            price_period=line.price_period,
            months=months,
            currency=contract.currency,
        )
        for line in version.lines
        if line.quantity is not None and line.unit_price and line.price_period
    )
    return str(to_decimal(total_minor, contract.currency))


def _line(line: Line) -> dict[str, str]:
    if line.is_usage:
        return {"product_code": line.product_code, "line_kind": "usage"}
    return {
        "product_code": line.product_code,
        "line_kind": "fixed",
        "quantity": str(line.quantity),
        "unit_price": str(line.unit_price),
    }
