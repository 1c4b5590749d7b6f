"""Marts as files: CSV for programs, Excel workbooks for people.

Belongs here: writing one mart in either format, or all of them into a folder.
Does not: which columns a mart has (mart_tables).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from core.errors import TieoutError
from core.files import write_atomically
from orchestration.reports.mart_tables import Column, Mart

CSV = "csv"
XLSX = "xlsx"
FORMATS = (CSV, XLSX)
# What a worksheet holds. Its numbers are doubles: 15 digits are exact.
_MOST_ROWS = 1_048_575
_MOST_CHARACTERS = 32_767
_EXACT_DIGITS = 15
_SHEET_NAME_LENGTH = 31
_ROWS_AT_ONCE = 10_000
_WIDEST = 48
_NARROWEST = 12
# A workbook says when it was made; the same mart must give the same bytes.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


class TooLargeForExcelError(TieoutError):
    """A mart does not fit a worksheet; CSV has no limit."""


def write_mart(connection: duckdb.DuckDBPyConnection, mart: Mart, path: Path, kind: str) -> int:
    """Write a mart to a file, whole or not at all; return its rows.

    Raises:
        TooLargeForExcelError: a workbook cannot hold it.
    """
    writers: dict[str, Callable[[Path], int]] = {
        CSV: lambda target: copy_csv(connection, mart, target),
        XLSX: lambda target: _write_workbook(connection, mart, target),
    }
    counts: list[int] = []
    write_atomically(path, lambda target: counts.append(writers[kind](target)))
    return counts[0]


def file_name(mart: Mart, kind: str) -> str:
    """Return the name of a mart's file."""
    return f"{mart.address}.{kind}"


def copy_csv(connection: duckdb.DuckDBPyConnection, mart: Mart, path: Path) -> int:
    """Let DuckDB write a mart as CSV; nothing stands for null, two quotes for an empty text."""
    text = "'" + str(path).replace("'", "''") + "'"
    row = connection.execute(
        f"copy ({mart.query()}) to {text}"
        " (format csv, header, use_tmp_file false, timestampformat '%Y-%m-%dT%H:%M:%SZ')"
    ).fetchone()
    return int(row[0]) if row else 0


def _write_workbook(connection: duckdb.DuckDBPyConnection, mart: Mart, path: Path) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415  # only those who ask for Excel wait for it

    book = Workbook(str(path), {"constant_memory": True})
    book.set_properties({"title": mart.address, "created": _MADE.replace(tzinfo=None)})
    sheet = book.add_worksheet(mart.name[:_SHEET_NAME_LENGTH])
    formats: dict[str, Any] = {}

    def styled(pattern: str) -> Any:  # noqa: ANN401  # a format of XlsxWriter, which has no types
        return formats.setdefault(pattern, book.add_format({"num_format": pattern}))

    sheet.freeze_panes(1, 0)
    header = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(mart.columns):
        sheet.set_column(place, place, min(_WIDEST, max(_NARROWEST, len(column.name) + 2)))
        sheet.write_string(0, place, column.name, header)
    count = 0
    cursor = connection.execute(mart.query())
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        if count + len(rows) > _MOST_ROWS:
            raise TooLargeForExcelError(
                f"{mart.address} has more than {_MOST_ROWS:,} rows, which is all that a worksheet"
                " holds. Write it as CSV: --format csv."
            )
        for row in rows:
            count += 1
            for place, (column, value) in enumerate(zip(mart.columns, row, strict=True)):
                if value is not None:
                    _write_cell(sheet, (count, place), column, value, styled)
    sheet.autofilter(0, 0, count, len(mart.columns) - 1)
    book.close()
    return count


def _write_cell(
    sheet: Any,  # noqa: ANN401  # a worksheet of XlsxWriter, which has no types
    place: tuple[int, int],
    column: Column,
    value: Any,  # noqa: ANN401  # any value of DuckDB
    styled: Callable[[str], Any],
) -> None:
    """Write a value as what it is; a number that a double cannot hold exactly stays text."""
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif column.currency is not None:
        _write_number(sheet, place, Decimal(value), styled, decimals=len(value.partition(".")[2]))
    elif isinstance(value, int):
        _write_number(sheet, place, Decimal(value), styled, decimals=0)
    elif isinstance(value, Decimal):
        _write_number(sheet, place, value, styled, decimals=None)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value, styled("yyyy-mm-dd hh:mm:ss"))
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, styled("yyyy-mm-dd"))
    else:
        _write_text(sheet, place, column, str(value))


def _write_number(
    sheet: Any,  # noqa: ANN401
    place: tuple[int, int],
    number: Decimal,
    styled: Callable[[str], Any],
    *,
    decimals: int | None,
) -> None:
    if len(number.normalize().as_tuple().digits) > _EXACT_DIGITS:
        sheet.write_string(*place, f"{number:f}")
        return
    pattern = "General" if decimals is None else "#,##0" + ("." + "0" * decimals) * bool(decimals)
    sheet.write_number(*place, number, styled(pattern))


def _write_text(sheet: Any, place: tuple[int, int], column: Column, text: str) -> None:  # noqa: ANN401
    if len(text) > _MOST_CHARACTERS:
        raise TooLargeForExcelError(
            f"A cell of {column.name} in row {place[0] + 1} has {len(text):,} characters; a"
            f" worksheet holds {_MOST_CHARACTERS:,}. Write it as CSV: --format csv."
        )
    sheet.write_string(*place, text)
