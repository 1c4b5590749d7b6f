"""Rules of prices that look at units one by one: capacities, and units that stay.

Belongs here: meters that are fit for such a price, maxima whose tier is there and that never
    shrink, terms that such a price has no use for.
Does not: prices of events (event_price_checks), the order of tiers (company_checks).
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from ingestion.company_tables import ReferenceRow
from ingestion.mistakes import Mistakes
from ingestion.price_term_checks import versions_that_change_quantities

_PRICES = "reference/prices.csv"
_TIERS = "reference/price_tiers.csv"
_LIMITS = "reference/price_capacity_limits.csv"
_METERS = "reference/meters.csv"

Tables = Mapping[str, tuple[ReferenceRow, ...]]
Version = tuple[str, str]
Maxima = dict[str, ReferenceRow]


def check_unit_prices(tables: Tables, mistakes: Mistakes) -> None:
    """Note capacities and prices of units that stay which cannot be rated as they are declared."""
    if _PRICES in mistakes.unreadable:
        return
    models = {_version(row): row["price_model"] for row in tables["prices"]}
    capacities = {version for version, model in models.items() if model == "capacity"}
    if _METERS not in mistakes.unreadable:
        _check_meters(tables, mistakes)
    _check_terms(tables, mistakes)
    if _TIERS in mistakes.unreadable or _LIMITS in mistakes.unreadable:
        return
    tiers = _tiers(tables, capacities)
    for row in tables["price_capacity_limits"]:
        if _version(row) not in capacities:
            cure = f"{_PRICES} has no such price_id and valid_from of the model capacity."
            mistakes.add(_LIMITS, row.line, ", ".join(_version(row)), f"{cure} Correct this row.")
        elif row["tier_number"] not in {tier["tier_number"] for tier in tiers[_version(row)]}:
            cure = f"{_TIERS} has no such tier of the price. Add it there or correct this row."
            mistakes.add(_LIMITS, row.line, row["tier_number"], cure)
    for version, rows in tiers.items():
        _check_tiers(rows, mistakes)
        _check_maxima(rows, _maxima(tables, version), mistakes)


def _check_meters(tables: Tables, mistakes: Mistakes) -> None:
    meters = {row["meter_code"]: row for row in tables["meters"]}
    for row in tables["prices"]:
        meter = meters.get(row["meter_code"])
        if row["price_model"] == "capacity" and (
            meter is None or not meter["group_property"] or meter["aggregation"] == "each"
        ):
            cure = (
                "A capacity is of several units. Give its meter, in meters, the group_property that"
                " names the unit, and an aggregation that measures: sum, max, latest or another,"
                " not each."
            )
            mistakes.add(_PRICES, row.line, row["meter_code"], cure)
        if row["price_model"] == "prorated_graduated" and (
            meter is None or meter["aggregation"] != "prorated_sum"
        ):
            cure = (
                "Units that stay are paid for the days they do. Give their meter the aggregation"
                " prorated_sum in meters."
            )
            mistakes.add(_PRICES, row.line, row["meter_code"], cure)


def _check_terms(tables: Tables, mistakes: Mistakes) -> None:
    """Note what is said of a quantity where the price does not look at one."""
    cures = {
        "capacity": "its maxima are in price_capacity_limits, its amounts are flat.",
        "prorated_graduated": "a first tier that costs nothing makes units free.",
    }
    others = versions_that_change_quantities(tables)
    at_zero = {
        _version(row)
        for row in tables["price_charge_terms"]
        if row["bills_first_flat_at_zero"] == "true"
    }
    for row in tables["prices"]:
        cure = cures.get(row["price_model"])
        if cure and _version(row) in others:
            words = "has no included quantity, conversion, free units or price_tier_terms"
            cure = f"A price of the model {row['price_model']} {words}: {cure}"
            mistakes.add(_PRICES, row.line, row["price_id"], cure)
        if row["price_model"] == "capacity" and _version(row) in at_zero:
            cure = "A capacity costs nothing without use. Empty its bills_first_flat_at_zero."
            mistakes.add(_PRICES, row.line, row["price_id"], cure)


def _check_tiers(tiers: list[ReferenceRow], mistakes: Mistakes) -> None:
    for row in tiers:
        if row["up_to_quantity"] or _number(row["unit_price"]) != 0 or not row["flat_amount"]:
            cure = (
                "A tier of a capacity costs its flat_amount. Fill it in, set unit_price to 0 and"
                " empty up_to_quantity: maxima are in price_capacity_limits."
            )
            mistakes.add(_TIERS, row.line, row["price_id"], cure)


def _check_maxima(
    tiers: list[ReferenceRow], maxima: Mapping[str, Maxima], mistakes: Mistakes
) -> None:
    """Note tiers that nothing gets past, and units of which a later tier holds less."""
    for row in tiers[:-1]:
        if not maxima.get(row["tier_number"]):
            cure = (
                f"Tier {row['tier_number']} has no maximum, so no tier after it would apply. Add"
                f" its rows to {_LIMITS}."
            )
            mistakes.add(_TIERS, row.line, row["price_id"], cure)
    for before, after in pairwise(tiers):
        earlier = maxima.get(before["tier_number"], {})
        for unit, row in maxima.get(after["tier_number"], {}).items():
            held = _number(earlier[unit]["max_quantity"]) if unit in earlier else None
            most = _number(row["max_quantity"])
            if unit not in earlier or (held is not None and most is not None and most < held):
                says = f"at most {earlier[unit]['max_quantity']}" if unit in earlier else "any"
                cure = (
                    f"Tier {before['tier_number']} holds {says} {unit}, and a later tier must not"
                    " hold less. Correct one of them."
                )
                mistakes.add(_LIMITS, row.line, row["max_quantity"], cure)


def _tiers(tables: Tables, versions: set[Version]) -> dict[Version, list[ReferenceRow]]:
    """Return the tiers of some prices in their order; numbers are checked with all tiers."""
    return {
        version: sorted(
            (row for row in tables["price_tiers"] if _version(row) == version),
            key=lambda row: (len(row["tier_number"]), row["tier_number"]),
        )
        for version in versions
    }


def _maxima(tables: Tables, version: Version) -> dict[str, Maxima]:
    """Return the maxima of a price by tier and unit."""
    found: dict[str, Maxima] = {}
    for row in tables["price_capacity_limits"]:
        if _version(row) == version:
            found.setdefault(row["tier_number"], {})[row["unit"]] = row
    return found


def _version(row: ReferenceRow) -> Version:
    return row["price_id"], row["valid_from"]


def _number(text: str) -> Decimal | None:
    """Read a number; one that is none was noted when its column was checked."""
    return Decimal(text) if text.replace(".", "", 1).isdecimal() else None
