"""Rules of what a price says of a whole charge: rounding, flat fees, discounts and limits.

Belongs here: terms whose price is there, limits that can be kept, discounts in an order.
Does not: what a price says of its quantity and its tiers (price_term_checks).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ingestion.company_tables import ReferenceRow
from ingestion.mistakes import Mistakes

_TERMS = "reference/price_charge_terms.csv"
_DISCOUNTS = "reference/price_discounts.csv"
_MOST_MONTHS, _MONTHS_OF_A_YEAR = 60, 12
_LEAST_DECIMALS, _MOST_DECIMALS = -6, 12

Tables = Mapping[str, tuple[ReferenceRow, ...]]


def check_charge_terms(tables: Tables, mistakes: Mistakes) -> None:
    """Note terms and discounts that no price has, and those that contradict themselves."""
    if "reference/prices.csv" in mistakes.unreadable:
        return
    models = {(row["price_id"], row["valid_from"]): row["price_model"] for row in tables["prices"]}
    for file, rows in (
        (_TERMS, tables["price_charge_terms"]),
        (_DISCOUNTS, tables["price_discounts"]),
    ):
        for row in rows:
            if (row["price_id"], row["valid_from"]) not in models:
                cure = (
                    "reference/prices.csv has no such price_id and valid_from. Add it there or"
                    " correct this row."
                )
                mistakes.add(file, row.line, f"{row['price_id']}, {row['valid_from']}", cure)
    for row in tables["price_charge_terms"]:
        for value, cure in _contradictions(row, models.get((row["price_id"], row["valid_from"]))):
            mistakes.add(_TERMS, row.line, value, cure)
    for row in _turned_within_a_month(tables["price_charge_terms"], sorted(models)):
        cure = "What counts days, and what does not, changes on the first day of a month."
        mistakes.add(_TERMS, row.line, f"{row['price_id']}, {row['valid_from']}", cure)
    for row in tables["price_discounts"]:
        for value, cure in _unfit_discounts(row):
            mistakes.add(_DISCOUNTS, row.line, value, cure)


def _turned_within_a_month(
    terms: tuple[ReferenceRow, ...], versions: list[tuple[str, str]]
) -> Iterator[ReferenceRow]:
    """Find flat prices that begin or cease to count days while a month goes on."""
    counting = {
        (row["price_id"], row["valid_from"]): row["flat_proration"]
        for row in terms
        if row["flat_proration"] != "none"
    }
    for row in terms:
        version = (row["price_id"], row["valid_from"])
        before = [other for other in versions if other[0] == version[0] and other < version]
        is_within = row["starts_within_month"] == "true" and not version[1].endswith("-01")
        if not (is_within and before):
            continue
        if (counting.get(before[-1]) or "") != (counting.get(version) or ""):
            yield row


def _contradictions(row: ReferenceRow, model: str | None) -> Iterator[tuple[str, str]]:
    if row["flat_proration"] not in {"", "none"} and model not in {"flat", None}:
        yield row["flat_proration"], "Only a price of the model flat counts days. Empty it."
    if row["rounding_place"] in {"tier", "amount"} and not row["rounding_decimals"]:
        yield row["rounding_place"], "What is rounded there needs rounding_decimals."
    if not _is_between(row["rounding_decimals"], _LEAST_DECIMALS, _MOST_DECIMALS):
        cure = f"rounding_decimals must be from {_LEAST_DECIMALS} to {_MOST_DECIMALS}."
        yield row["rounding_decimals"], cure
    if not _is_between(row["window_months"], 1, _MOST_MONTHS):
        yield row["window_months"], f"window_months must be from 1 to {_MOST_MONTHS}."
    if not _is_between(row["window_first_month"], 1, _MONTHS_OF_A_YEAR):
        yield row["window_first_month"], "window_first_month must be a month, from 1 to 12."
    for least, most in (
        ("minimum_amount", "maximum_amount"),
        ("commitment_amount", "spend_cap_amount"),
    ):
        if _number(row[least]) is not None and not _is_between(row[most], _number(row[least])):
            yield row[most], f"{most} must not be less than {least}."
    yield from _unfit_windows(row)


def _unfit_windows(row: ReferenceRow) -> Iterator[tuple[str, str]]:
    has_window = row["window_months"] or row["window_first_month"]
    if has_window and not (row["commitment_amount"] or row["spend_cap_amount"]):
        cure = "A window needs a commitment_amount or a spend_cap_amount. Empty it or add one."
        yield row["price_id"], cure
    if row["overage_factor"] and not row["commitment_amount"]:
        cure = "An overage_factor is on what goes beyond a commitment_amount. Add one or empty it."
        yield row["overage_factor"], cure
    if row["overage_factor"] and row["limit_proration"] == "days":
        yield row["overage_factor"], "It is on what goes beyond a whole commitment, not its days."
    if row["window_first_month"] and not row["window_months"]:
        yield row["price_id"], "A window needs window_months as well."


def _unfit_discounts(row: ReferenceRow) -> Iterator[tuple[str, str]]:
    number, value = row["discount_number"], row["discount_value"]
    if not number.isdecimal() or int(number) < 1:
        yield number, "discount_number must be 1, 2, 3 ...: the order of the discounts."
    if row["discount_type"] == "percent" and not _is_between(value, 0, 100):
        yield value, "A percent discount must be from 0 to 100."
    found = _number(value)
    if row["discount_type"] == "percent" and found is not None and found != round(found, 6):
        yield value, "A percent discount has at most 6 decimals."
    if row["discount_type"] == "free_units" and found is not None and found != round(found, 6):
        yield value, "Units have at most 6 decimals."


def _is_between(text: str, least: Decimal | int | None, most: int | None = None) -> bool:
    """Compare; an empty cell is no number, and one that cannot be read was noted before."""
    found = _number(text)
    if found is None:
        return True
    return (least is None or found >= least) and (most is None or found <= most)


def _number(text: str) -> Decimal | None:
    is_number = text.removeprefix("-").replace(".", "", 1).isdecimal()
    return Decimal(text) if is_number else None
