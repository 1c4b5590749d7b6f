"""What a value of the company folder may be, and the sentence when it is not.

Belongs here: checking one text against one column declaration.
Does not: rules that need two values (company_checks).
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from core.money import currency_exponents
from ingestion.table_columns import Column

CURRENCIES = frozenset(currency_exponents())
_PRECISION = 20
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def problem(column: Column, text: str | None) -> str | None:
    """Return what is wrong with a value, as what to do about it; None when it is fine."""
    if text is None:
        return None if column.is_optional else f"{column.name} is empty. Fill it in."
    if column.kind == "decimal":
        return _decimal_problem(column, text)
    is_fine, cure = {
        "text": (True, ""),
        "choice": (text in column.choices, f"must be one of: {', '.join(column.choices)}."),
        "boolean": (text in ("true", "false"), "must be true or false."),
        "date": (is_date(text), "must be a date such as 2026-01-31."),
        "currency": (text in CURRENCIES, "must be an ISO 4217 currency such as USD, EUR or JPY."),
    }[column.kind]
    return None if is_fine else f"{column.name} {cure}"


def is_date(text: str) -> bool:
    """Tell whether a text is an ISO date."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _decimal_problem(column: Column, text: str) -> str | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"{column.name} must be a decimal number such as 12.50, without other characters."
    if value < 0 and not column.is_signed:
        return f"{column.name} must not be negative."
    decimals = max(0, -int(value.normalize().as_tuple().exponent))
    if decimals > column.scale:
        return f"{column.name} may have at most {column.scale} decimals."
    whole_digits = column.whole_digits
    if whole_digits is None:
        whole_digits = (_PRECISION if column.scale > 6 else 17) - column.scale  # noqa: PLR2004
    if abs(value) >= Decimal(10) ** whole_digits:
        return f"{column.name} may have at most {whole_digits} digits before the point."
    return None
