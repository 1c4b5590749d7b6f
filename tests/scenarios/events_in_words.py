"""Events as a person reads them: what each says, its amount, the terms it sets.

Belongs here: turning one event of a case into words.
Does not: pages or tables (pages, markdown).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tests.scenarios.cases import Row
from tests.scenarios.markdown import amount, number, words

# Said elsewhere on the page, or the same for all events of a case.
_UNSAID = {
    "amount",
    "credit_date",
    "currency",
    "customer_id",
    "due_date",
    "failed_date",
    "invoice_date",
    "legal_entity_code",
    "lines",
    "opened_date",
    "paid_date",
    "refund_date",
    "subscription_id",
    "tax_amount",
    "total_amount",
    "verdict_date",
    "void_date",
    "write_off_date",
}
_AMOUNTS = ("total_amount", "amount")
_TERMS = ("subscription.created", "subscription.amended", "renewal.accepted")


def event_of(event: Row) -> str:
    """Return what happened, and which system says it when it is not billing."""
    said_by = "" if event["source"] == "billing" else f", says {event['source']}"
    return words(event["type"]) + said_by


def what_it_says(event: Row, currency: str) -> str:
    """Return the facts of an event, and the lines of a document."""
    data = event["data"]
    said = [f"{words(name)} {_value(value)}" for name, value in data.items() if name not in _UNSAID]
    if event["type"] not in _TERMS:
        said += [_line(line, currency) for line in data.get("lines", [])]
    return "; ".join(said)


def amount_of(event: Row, currency: str) -> str:
    """Return the amount of a document, tax included; nothing for events without one."""
    data = event["data"]
    return next((amount(data[name], currency) for name in _AMOUNTS if name in data), "")


def terms_of(event: Row, names: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each line of the terms that an event sets."""
    if event["type"] not in _TERMS:
        return
    data = event["data"]
    for line in data["lines"]:
        is_usage = line["line_kind"] == "usage"
        price = (
            f"{line['price_id']} per {line['meter_code']}"
            if is_usage
            else f"{number(line['unit_price'])} a {line['price_period']}"
        )
        yield (
            data.get("effective_date", data.get("term_start", "")),
            data["term_end"],
            line["contract_line_id"],
            names[line["product_code"]],
            "" if is_usage else number(line["quantity"]),
            price,
        )


def _line(line: Row, currency: str) -> str:
    if "side" in line:
        return f"{line['side']} {words(line['account_role'])} {amount(line['amount'], currency)}"
    if "jurisdiction" in line:
        return (
            f"{line['tax_code']} in {line['jurisdiction']} on"
            f" {amount(line['taxable_amount'], currency)}: {amount(line['tax_amount'], currency)}"
        )
    parts = [line.get("contract_line_id", "")]
    if "service_start" in line:
        parts.append(f"service {line['service_start']} to {line['service_end']}")
    if "basis" in line:
        parts.append(f"for invoice line {line['invoice_line_id']}, {line['basis']}")
    parts.append(f"net {amount(line['net_amount'], currency)}")
    if Decimal(line["tax_amount"]):
        parts.append(f"tax {amount(line['tax_amount'], currency)}")
    return ", ".join(part for part in parts if part)


def _value(value: str | list[str]) -> str:
    return (value if isinstance(value, str) else ", ".join(value)).replace("_", " ")
