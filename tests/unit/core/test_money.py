"""Amounts become integers of the minor unit exactly, or not at all."""

from decimal import Decimal

import pytest

from core.money import (
    AmountError,
    currency_exponents,
    exponent,
    format_amount,
    to_decimal,
    to_minor,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("14794.52", "USD", 1479452),
        ("-0.01", "EUR", -1),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("2400", "USD", 240000),
        ("10.500", "USD", 1050),
        ("92233720368547758.07", "USD", 9223372036854775807),
    ],
)
def test_decimal_text_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert to_minor(text, currency) == minor
    assert to_decimal(minor, currency) == Decimal(text)


@pytest.mark.parametrize("text", ["10.005", "1,5", "", "NaN", "Infinity", "$5"])
def test_what_cannot_be_held_exactly_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        to_minor(text, "USD")


def test_a_fraction_of_a_yen_is_refused() -> None:
    with pytest.raises(AmountError, match="0 decimals"):
        to_minor("1.5", "JPY")


def test_an_unknown_currency_is_refused_by_name() -> None:
    with pytest.raises(AmountError, match="'XXQ' is not an ISO 4217 currency code"):
        exponent("XXQ")


def test_every_currency_has_one_exponent() -> None:
    exponents = currency_exponents()
    assert exponents["JPY"] == 0
    assert exponents["KWD"] == 3
    assert exponents["USD"] == 2
    assert all(exponent(code) == decimals for code, decimals in exponents.items())


def test_amounts_are_written_with_the_decimals_of_their_currency() -> None:
    assert format_amount(1479452, "USD") == "14,794.52 USD"
    assert format_amount(-1500, "JPY") == "-1,500 JPY"
