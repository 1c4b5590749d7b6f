"""Markdown of the pages: tables, amounts and words as an accountant reads them.

Belongs here: how a value, a row or a table is written.
Does not: which tables a page has (pages), or any number.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.money import exponent

_EVENTS = {"credit.issued": "credit memo issued", "invoice.finalized": "invoice issued"}
_WORDS = {"id": "", "ssp": "SSP"}


def words(name: str) -> str:
    """Return a field, account or event as words.

    >>> words("unbilled_receivable")
    'unbilled receivable'
    >>> words("invoice.finalized")
    'invoice issued'
    """
    parts = _EVENTS.get(name, name).replace(".", " ").replace("_", " ").split()
    return " ".join(word for part in parts if (word := _WORDS.get(part, part)))


def amount(value: str | Decimal, currency: str) -> str:
    """Return an amount with the decimals of its currency; an empty cell stays empty.

    >>> amount("1234.5", "USD"), amount("1234", "JPY"), amount("", "USD")
    ('1,234.50', '1,234', '')
    """
    return "" if value == "" else f"{Decimal(value):,.{exponent(currency)}f}"


def number(value: str) -> str:
    """Return a quantity, price or rate with the decimals it was given with.

    >>> number("1500000"), number("0.0015")
    ('1,500,000', '0.0015')
    """
    return f"{Decimal(value):,}" if value else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str]) -> str:
    """Return a table whose columns named in `right` are set to the right."""
    rule = ["---:" if name in right else "---" for name in header]
    lines = [header, rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def listed(parts: Sequence[str]) -> str:
    """Return parts as prose.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
