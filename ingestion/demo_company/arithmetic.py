"""The arithmetic of Northwind's billing system, exact and independent of the dbt models.

Belongs here: rounding, term prices, shares by days and by instalments, the price models.
Does not: which document carries an amount (billing.py).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from core.money import exponent
from core.spans import accounting_period, period_bounds

MONTHS_OF = {"annual": 12, "quarterly": 3, "monthly": 1}
_MONTHS_OF_PRICE = {"year": 12, "month": 1}


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One step of a price; the last one has no bound."""

    up_to_quantity: Decimal | None
    unit_price: Decimal
    flat_amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price for use."""

    price_id: str
    currency: str
    price_model: str
    included_quantity: Decimal
    package_size: Decimal | None
    tiers: tuple[Tier, ...]


def round_half_up(value: Fraction) -> int:
    """Round to the nearest integer, a half away from zero."""
    magnitude = (abs(value) * 2 + 1) // 2
    return int(magnitude if value >= 0 else -magnitude)


def days_between(first: date, last: date) -> int:
    """Count the days of a span, first and last included."""
    return (last - first).days + 1


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month (all terms begin on a day every month has)."""
    index = day.year * 12 + day.month - 1 + months
    return day.replace(year=index // 12, month=index % 12 + 1)


def term_months(term_start: date, term_end: date) -> int:
    """Count the whole months of a term.

    Raises:
        ValueError: the term does not end at the end of a month counted from its start.
    """
    months = 1
    while add_months(term_start, months) <= term_end:
        months += 1
    if add_months(term_start, months) != term_end + timedelta(days=1):
        raise ValueError(f"The term {term_start} to {term_end} is no whole number of months.")
    return months


def term_price(
    *, quantity: int, unit_price: str, price_period: str, months: int, currency: str
) -> int:
    """Return what a fixed line costs over its whole term, in minor units."""
    major = Fraction(unit_price) * quantity * months / _MONTHS_OF_PRICE[price_period]
    return round_half_up(major * 10 ** exponent(currency))


def instalment(amount_minor: int, number: int, count: int) -> int:
    """Return instalment `number` (from 0) of `count`; all of them sum to the amount."""
    return round_half_up(Fraction(amount_minor * (number + 1), count)) - round_half_up(
        Fraction(amount_minor * number, count)
    )


def share_of_days(amount_minor: int, days: int, total_days: int) -> int:
    """Return the part of an amount that falls on some of its days."""
    return round_half_up(Fraction(amount_minor * days, total_days))


def month_segments(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Cut a span of days at the starts of months."""
    while first <= last:
        segment_end = min(period_bounds(accounting_period(first))[1], last)
        yield first, segment_end
        first = segment_end + timedelta(days=1)


def charge(price: Price, quantity: Decimal) -> int:
    """Rate a quantity of one period, in minor units."""
    billable = max(quantity - price.included_quantity, Decimal(0))
    amount = _RATING[price.price_model](price, Fraction(billable))
    return round_half_up(amount * 10 ** exponent(price.currency))


def read_prices(folder: Path) -> dict[str, Price]:
    """Read `prices.csv` and `price_tiers.csv` of a reference folder."""
    tiers: dict[str, list[Tier]] = {}
    for row in _rows(folder / "price_tiers.csv"):
        bound = row["up_to_quantity"]
        tiers.setdefault(row["price_id"], []).append(
            Tier(
                up_to_quantity=Decimal(bound) if bound else None,
                unit_price=Decimal(row["unit_price"]),
                flat_amount=Decimal(row["flat_amount"]),
            )
        )
    return {
        row["price_id"]: Price(
            price_id=row["price_id"],
            currency=row["currency"],
            price_model=row["price_model"],
            included_quantity=Decimal(row["included_quantity"] or 0),
            package_size=Decimal(row["package_size"]) if row["package_size"] else None,
            tiers=tuple(tiers[row["price_id"]]),
        )
        for row in _rows(folder / "prices.csv")
    }


def read_product_codes(folder: Path) -> dict[tuple[str, str], str]:
    """Return what a source calls our products, by source and product, where it has own codes."""
    return {
        (row["source"], row["product_code"]): row["source_product_code"]
        for row in _rows(folder / "product_references.csv")
    }


def read_tax_rates(folder: Path) -> dict[str, Decimal]:
    """Read the rate of every tax code of a reference folder."""
    return {row["tax_code"]: Decimal(row["tax_rate"]) for row in _rows(folder / "tax_codes.csv")}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _per_unit(price: Price, quantity: Fraction) -> Fraction:
    return quantity * Fraction(price.tiers[0].unit_price)


def _graduated(price: Price, quantity: Fraction) -> Fraction:
    """Each unit costs what its own tier says; a tier's flat amount falls due once it is used."""
    amount = Fraction(0)
    begin = Fraction(0)
    for tier in price.tiers:
        if quantity <= begin:
            break
        end = quantity if tier.up_to_quantity is None else Fraction(tier.up_to_quantity)
        used = min(quantity, end) - begin
        amount += used * Fraction(tier.unit_price) + Fraction(tier.flat_amount)
        begin = end
    return amount


def _volume(price: Price, quantity: Fraction) -> Fraction:
    """All units cost what the tier says that holds the whole quantity."""
    if quantity == 0:
        return Fraction(0)
    for tier in price.tiers:
        if tier.up_to_quantity is None or quantity <= Fraction(tier.up_to_quantity):
            return quantity * Fraction(tier.unit_price) + Fraction(tier.flat_amount)
    raise ValueError(f"Price {price.price_id} has no tier for a quantity of {quantity}.")


def _package(price: Price, quantity: Fraction) -> Fraction:
    """Every package begun costs the price of a package."""
    if price.package_size is None:
        raise ValueError(f"Price {price.price_id} is sold in packages of no size.")
    packages = -(-quantity // Fraction(price.package_size))
    return packages * Fraction(price.tiers[0].unit_price)


_RATING = {
    "per_unit": _per_unit,
    "graduated": _graduated,
    "volume": _volume,
    "package": _package,
}
