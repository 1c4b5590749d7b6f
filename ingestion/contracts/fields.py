"""Kinds of field that canonical events are made of.

Belongs here: decimal texts, service dates, codes; the canonical text of each.
Does not: which event has which field.
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from core.money import currency_exponents

PRECISION_ERROR = "amount_precision"
# Well-formed, but nothing anybody could book.
VALUE_ERRORS = {
    "account_role",
    "adjustment_amount",
    "adjustment_contract",
    "adjustment_functional",
    "adjustment_reversal",
    "adjustment_unbalanced",
    "dispute_fee",
    "four_eyes",
    "grant_amount",
    "grant_terms",
    "hold_subject",
    "line_repeated",
    "refund_subject",
    "service_date_range",
    "service_order",
}
_EXPONENTS = currency_exponents()
_QUANTITY = (11, 6)  # digits before and after the point: DECIMAL(17,6)
_PRICE = (8, 12)  # DECIMAL(20,12)
_AMOUNT = (13, 4)  # sums stay inside BIGINT minor units of every currency
_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(2199, 12, 31)
_LARGEST_LINE = 10**12  # major units per period; times 300 years it still fits BIGINT minor units
_DECIMAL_PATTERN = r"^-?\d+(\.\d+)?$"


class Contract(BaseModel):
    """The base of every event's data: what we do not know is kept, what we know never changes."""

    model_config = ConfigDict(extra="allow", frozen=True)


def _number_as_text(value: object) -> object:
    """A whole JSON number is as exact as text; everything else must be text already."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def canonical_decimal(text: str) -> str:
    """Write a decimal in its one form: no exponent, no trailing zeros, no plus sign."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise PydanticCustomError("decimal_text", "'{text}' is no decimal number", {"text": text})
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def _bounded(text: str, limits: tuple[int, int], name: str) -> str:
    plain = canonical_decimal(text)
    whole, _, decimals = plain.lstrip("-").partition(".")
    if len(whole) > limits[0] or len(decimals) > limits[1]:
        raise PydanticCustomError(
            PRECISION_ERROR,
            "{text} does not fit: a {name} has at most {whole} digits before and {decimals} after "
            "the point",
            {"text": text, "name": name, "whole": limits[0], "decimals": limits[1]},
        )
    return plain


def require_exact(amounts: list[str], currency: str) -> None:
    """Refuse amounts with more decimals than their currency has; unknown currencies pass.

    A currency we do not know is not the event's fault to judge here: a control holds it.
    """
    exponent = _EXPONENTS.get(currency)
    for amount in amounts if exponent is not None else ():
        if len(amount.partition(".")[2]) > exponent:
            raise PydanticCustomError(
                PRECISION_ERROR,
                "{amount} {currency} has more than the {exponent} decimals of the currency",
                {"amount": amount, "currency": currency, "exponent": exponent},
            )


def require_unique(identifiers: list[str], kind: str) -> None:
    """Refuse an event that names one of its lines twice: nobody could tell the two apart."""
    repeated = sorted({name for name in identifiers if identifiers.count(name) > 1})
    if repeated:
        raise PydanticCustomError(
            "line_repeated",
            "{kind} {lines} is named more than once; every line needs an id of its own",
            {"kind": kind, "lines": ", ".join(repeated)},
        )


def require_holdable(quantity: str, unit_price: str) -> None:
    """Refuse a price of a line beyond what exact sums over a long term can hold."""
    price = Decimal(quantity) * Decimal(unit_price)
    if abs(price) >= _LARGEST_LINE:
        raise PydanticCustomError(
            PRECISION_ERROR,
            "{quantity} x {unit_price} comes to {price}, and a line stays below {limit}",
            {
                "quantity": quantity,
                "unit_price": unit_price,
                "price": format(price, ".2f"),
                "limit": str(_LARGEST_LINE),
            },
        )


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _no_time(value: object) -> object:
    """A service date is a day; an instant would leave open whose day it is."""
    if isinstance(value, str) and not isinstance(value, date):
        return value.strip()
    raise PydanticCustomError("service_date", "a service date is text such as 2026-01-31")


def _plausible(day: date) -> date:
    """A slip such as the year 0026 or 9999 is no day anybody serves or bills for."""
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise PydanticCustomError(
            "service_date_range",
            "{day} lies outside {first} to {last}",
            {"day": str(day), "first": str(_FIRST_DAY), "last": str(_LAST_DAY)},
        )
    return day


_Text = Annotated[str, BeforeValidator(_number_as_text), StringConstraints(strip_whitespace=True)]
Identifier = Annotated[
    str,
    BeforeValidator(_number_as_text),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
]
Amount = Annotated[
    _Text,
    AfterValidator(lambda text: _bounded(text, _AMOUNT, "amount")),
    Field(json_schema_extra={"pattern": _DECIMAL_PATTERN}, description="Major units."),
]
Quantity = Annotated[
    _Text,
    AfterValidator(lambda text: _bounded(text, _QUANTITY, "quantity")),
    Field(json_schema_extra={"pattern": _DECIMAL_PATTERN}, description="Decimal text."),
]
UnitPrice = Annotated[
    _Text,
    AfterValidator(lambda text: _bounded(text, _PRICE, "unit price")),
    Field(json_schema_extra={"pattern": _DECIMAL_PATTERN}, description="Major units per unit."),
]
Currency = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{3}$")
]
ServiceDate = Annotated[date, BeforeValidator(_no_time), AfterValidator(_plausible)]
LowerCase = BeforeValidator(_lower)
