"""What pages are made of: sections, tables, cells, and how figures are spelled in them.

Belongs here: spelling money, counts, rates and names the way finance reads them; addresses of rows.
Does not: which figures a page shows (pages), or HTML (templates).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from core.money import AmountError, to_decimal

_MINUS = "\N{MINUS SIGN}"
NUMBER = "number"
TEXT = "text"
CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell.

    Attributes:
        text: what it says.
        href: the rows behind it, from the top of the site.
        kind: number, text or code.
        tone: negative, good, bad or nothing.
    """

    text: str
    href: str = ""
    kind: str = TEXT
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; its first cells, as many as the table says, name it."""

    cells: Sequence[Cell]
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    Attributes:
        caption: what it shows.
        columns: titles.
        rows: its rows.
        foot: rows of totals.
        headers: how many cells at the start of a row name it.
        more: what is not shown and where it is, when rows are left out.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Row]
    foot: Sequence[Row] = ()
    headers: int = 1
    more: str = ""

    def numbers(self) -> set[int]:
        """Return the places of the columns that are set to the right."""
        shown = [*self.rows, *self.foot]
        return {
            place
            for row in shown
            for place, cell in enumerate(row.cells)
            if cell.kind == NUMBER and cell.text
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page: a heading, a sentence, tables and pictures.

    Attributes:
        anchor: its address within the page.
        title: its heading.
        intro: what the figures mean.
        tables: below the pictures.
        charts: finished SVG.
        level: 2 for a part of the page, 3 for one of many alike.
    """

    anchor: str
    title: str
    intro: str = ""
    tables: Sequence[Table] = ()
    charts: Sequence[str] = ()
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    Attributes:
        path: from the top of the site.
        title: its heading.
        intro: what it is for.
        sections: its parts.
        facts: pairs of name and value, above the parts.
        files: CSV files with everything that the page shows, from the top of the site.
    """

    path: str
    title: str
    intro: str
    sections: Sequence[Section]
    facts: Sequence[tuple[str, str]] = ()
    files: Sequence[str] = field(default_factory=tuple)


def anchor(*values: object) -> str:
    """Return the address of a group of rows within its page."""
    return quote(".".join("-" if value in {None, ""} else str(value) for value in values), safe="")


def text(value: object, href: str = "") -> Cell:
    """Spell a word or a sentence; a day or an instant the same way everywhere."""
    if value is None:
        return Cell(text="", href=href)
    if isinstance(value, datetime):
        return Cell(text=f"{value:%Y-%m-%d %H:%M} UTC", href=href)
    if isinstance(value, date):
        return Cell(text=value.isoformat(), href=href)
    if isinstance(value, bool):
        return Cell(text="yes" if value else "no", href=href)
    return Cell(text=str(value), href=href)


def words(code: str | None) -> str:
    """Spell a code as words."""
    return (code or "").replace("_", " ")


def code(value: object, href: str = "") -> Cell:
    """Spell a key or an id."""
    return Cell(text="" if value is None else str(value), href=href, kind=CODE)


def money(minor: int | None, currency: str | None, href: str = "") -> Cell:
    """Spell money with the decimals of its currency; nothing where no amount is known."""
    if minor is None or currency is None:
        return Cell(text="", kind=NUMBER)
    try:
        spelled = f"{abs(to_decimal(int(minor), currency)):,}"
    except AmountError:  # what a source says is no currency has no decimals either
        spelled = f"{abs(int(minor)):,} minor units"
    return _number(spelled, is_negative=minor < 0, href=href)


def count(value: int | None, href: str = "") -> Cell:
    """Spell a number of things."""
    if value is None:
        return Cell(text="", kind=NUMBER)
    return _number(f"{abs(int(value)):,}", is_negative=value < 0, href=href)


def decimal(value: Decimal | None, href: str = "") -> Cell:
    """Spell a decimal without the zeros that only fill its places."""
    if value is None:
        return Cell(text="", kind=NUMBER)
    spelled = f"{abs(value):,f}"
    if "." in spelled:
        spelled = spelled.rstrip("0").rstrip(".")
    return _number(spelled, is_negative=value < 0, href=href)


def percent(rate: Decimal | None, href: str = "") -> Cell:
    """Spell a rate as a percentage."""
    if rate is None:
        return Cell(text="", kind=NUMBER)
    return _number(f"{abs(rate) * 100:,.2f} %", is_negative=rate < 0, href=href)


def verdict(*, is_good: bool, good: str, bad: str, href: str = "") -> Cell:
    """Say how something stands, in a word and a colour."""
    return Cell(text=good if is_good else bad, tone="good" if is_good else "bad", href=href)


def spell(name: str, value: Any, row: dict[str, Any]) -> Cell:  # noqa: ANN401  # any value of DuckDB
    """Spell a column of a mart by its name and type."""
    if name.endswith("_minor"):
        currency = row.get("currency") or row.get("transaction_currency")
        if "functional" in name:
            currency = row.get("functional_currency")
        return money(value, currency)
    if isinstance(value, bool) or value is None:
        return text(value)
    if isinstance(value, int):
        return count(value)
    if isinstance(value, Decimal):
        return decimal(value)
    if name.endswith(("_key", "_id", "_hash", "_number")):
        return code(value)
    return text(words(value) if name.endswith(("_type", "_role", "_status")) else value)


_TITLES = {
    "legal_entity_code": "Legal entity",
    "accounting_period": "Period",
    "source_document": "Document of billing",
    "erp_number": "ERP document",
    "erp_code": "ERP",
    "is_tied": "Ties out",
    "transaction_currency": "Currency",
    "document_id": "Document",
    "left_minor": "Left side",
    "right_minor": "Right side",
    "left_count": "Left side",
    "right_count": "Right side",
}
_ENDINGS = ("_minor", "_code", "_id", "_count", "_date")


def title(column: str) -> str:
    """Spell the name of a column as people read it."""
    if column in _TITLES:
        return _TITLES[column]
    for ending in _ENDINGS:
        column = column.removesuffix(ending)
    return (
        words(column.removeprefix("is_")).capitalize().replace("Erp", "ERP").replace("erp", "ERP")
    )


def _number(spelled: str, *, is_negative: bool, href: str) -> Cell:
    if not is_negative:
        return Cell(text=spelled, href=href, kind=NUMBER)
    return Cell(text=f"{_MINUS}{spelled}", href=href, kind=NUMBER, tone="negative")
