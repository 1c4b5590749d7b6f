"""Money as integers of the currency's minor unit.

Belongs here: ISO 4217 exponents, exact conversion between decimal text and minor units.
Does not: rates, prices or anything that rounds by policy (the dbt macros do that).
"""

from decimal import Decimal, InvalidOperation

from core.errors import TieoutError

# ISO 4217: currencies whose minor unit is not the hundredth part.
_OTHER_EXPONENTS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_HUNDREDTHS = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN "
    "QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
    "TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG".split()
)


class AmountError(TieoutError):
    """An amount cannot be held exactly in its currency."""


def currency_exponents() -> dict[str, int]:
    """Return the number of decimals of every ISO 4217 currency, by its code."""
    return dict.fromkeys(sorted(_HUNDREDTHS), 2) | _OTHER_EXPONENTS


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency (JPY 0, USD 2, KWD 3).

    Raises:
        AmountError: the code is not an ISO 4217 currency.
    """
    if currency in _HUNDREDTHS:
        return 2
    try:
        return _OTHER_EXPONENTS[currency]
    except KeyError:
        raise AmountError(
            f"'{currency}' is not an ISO 4217 currency code. Use one such as USD, EUR or JPY."
        ) from None


def to_minor(amount: str, currency: str) -> int:
    """Convert decimal text in major units to minor units, exactly.

    >>> to_minor("14794.52", "USD")
    1479452

    Raises:
        AmountError: the text is no decimal number, or has more decimals than the currency.
    """
    try:
        scaled = Decimal(amount).scaleb(exponent(currency))
    except InvalidOperation:
        raise AmountError(f"'{amount}' is not a decimal number.") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise AmountError(
            f"{amount} {currency} has more than the {exponent(currency)} decimals of the currency."
        )
    return int(scaled)


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    """Convert minor units to a decimal in major units, with the decimals of the currency.

    >>> to_decimal(1479452, "USD")
    Decimal('14794.52')
    """
    return Decimal(amount_minor).scaleb(-exponent(currency))


def format_amount(amount_minor: int, currency: str) -> str:
    """Write an amount the way people read it.

    >>> format_amount(1479452, "USD")
    '14,794.52 USD'
    """
    return f"{to_decimal(amount_minor, currency):,} {currency}"
