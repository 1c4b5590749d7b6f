"""Rules of prices that look at each event by itself: percentages with fixed fees.

Belongs here: terms whose price is there and looks at events, what such a price cannot have beside.
Does not: terms of whole charges (charge_term_checks).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ingestion.company_tables import ReferenceRow
from ingestion.mistakes import Mistakes
from ingestion.price_term_checks import versions_that_change_quantities

_PRICES = "reference/prices.csv"
_TERMS = "reference/price_event_terms.csv"

Tables = Mapping[str, tuple[ReferenceRow, ...]]
Version = tuple[str, str]


def check_event_prices(tables: Tables, mistakes: Mistakes) -> None:
    """Note terms of no percentage price, and percentage prices of events that are added up."""
    if _PRICES in mistakes.unreadable:
        return
    percentages = {_version(row) for row in tables["prices"] if row["price_model"] == "percentage"}
    for row in tables["price_event_terms"]:
        if _version(row) not in percentages:
            cure = f"{_PRICES} has no such price_id and valid_from of the model percentage."
            mistakes.add(_TERMS, row.line, ", ".join(_version(row)), f"{cure} Correct this row.")
        for value, cure in _contradictions(row):
            mistakes.add(_TERMS, row.line, value, cure)
    by_event = {row["meter_code"] for row in tables["meters"] if row["aggregation"] == "each"}
    others = _what_else_is_said(tables)
    for row in tables["prices"]:
        if _version(row) not in percentages:
            continue
        if row["meter_code"] not in by_event and "reference/meters.csv" not in mistakes.unreadable:
            cure = "A percentage is of each event. Give its meter the aggregation each in meters."
            mistakes.add(_PRICES, row.line, row["meter_code"], cure)
        if _version(row) in others:
            cure = (
                "A percentage has one tier, without flat amount, included quantity, conversion or"
                " free units: price_event_terms says what an event costs and what is free."
            )
            mistakes.add(_PRICES, row.line, row["price_id"], cure)


def _contradictions(row: ReferenceRow) -> Iterator[tuple[str, str]]:
    least, most = _number(row["minimum_amount"]), _number(row["maximum_amount"])
    if least is not None and most is not None and most < least:
        yield row["maximum_amount"], "maximum_amount must not be less than minimum_amount."
    for name in ("free_events", "free_amount"):
        if _number(row[name]) == 0:
            yield row[name], f"Leave {name} empty when nothing is free."


def _what_else_is_said(tables: Tables) -> set[Version]:
    """Return versions of prices that say more of their quantity or have more than one rate."""
    return versions_that_change_quantities(tables) | {
        _version(row)
        for row in tables["price_tiers"]
        if row["tier_number"] != "1" or row["flat_amount"]
    }


def _version(row: ReferenceRow) -> Version:
    return row["price_id"], row["valid_from"]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text.replace(".", "", 1).isdecimal() else None
