"""Rows of tables as HTML: a pack has tens of thousands of cells, too many for a template.

Belongs here: spelling cells and rows as HTML.
Does not: pages around them (templates), or what a cell says (elements).
"""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from orchestration.reports.elements import CODE, Cell, Row, Table

_SHORT = 16  # a code or a date, which is not broken into lines


def rows(table: Table, rows: Sequence[Row], root: str) -> Markup:
    """Return rows of a table; `root` leads from the page to the top of the site."""
    numbers = table.numbers()
    return Markup("\n").join(Markup(_row(row, table.headers, numbers, root)) for row in rows)  # noqa: S704  # escaped in _cell


def _row(row: Row, headers: int, numbers: set[int], root: str) -> str:
    cells = "".join(
        _cell(cell, is_header=place < headers, is_number=place in numbers, root=root)
        for place, cell in enumerate(row.cells)
    )
    address = f' id="{escape(row.anchor)}"' if row.anchor else ""
    return f"<tr{address}>{cells}</tr>"


def _cell(cell: Cell, *, is_header: bool, is_number: bool, root: str) -> str:
    is_short = not is_number and len(cell.text) <= _SHORT
    names = (
        "num" if is_number else "short" if is_short else "",
        CODE if cell.kind == CODE else "",
        cell.tone,
    )
    style = " ".join(filter(None, names))
    tag = 'th scope="row"' if is_header else "td"
    inner = escape(cell.text)
    if cell.href:
        inner = f'<a href="{root}{escape(cell.href)}">{inner}</a>'
    classes = f' class="{style}"' if style else ""
    return f"<{tag}{classes}>{inner}</{tag[:2]}>"
