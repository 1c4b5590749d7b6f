"""The reference CSV files of a company folder.

Belongs here: reading them as text, header and column checks, repeated keys.
Does not: rules across tables (company_checks).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.mistakes import Mistakes
from ingestion.reference_tables import TABLES
from ingestion.table_columns import Table
from ingestion.values import problem


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row of a reference table, with the line it stands on."""

    line: int
    values: dict[str, str | None]

    def __getitem__(self, column: str) -> str:
        return self.values[column] or ""


def read_tables(folder: Path, mistakes: Mistakes) -> dict[str, tuple[ReferenceRow, ...]]:
    """Read every reference CSV; a table without its file is empty where that is allowed."""
    known = {table.name: table for table in TABLES.values() if not table.in_company_file}
    for path in sorted((folder / "reference").glob("*")):
        if path.suffix == ".csv" and path.stem not in known and not path.name.startswith("."):
            mistakes.add(
                f"reference/{path.name}",
                0,
                None,
                f"No table has this name. Use one of: {', '.join(sorted(known))}.",
            )
    return {table.name: _read_table(folder, table, mistakes) for table in known.values()}


def check_rows(table: Table, rows: tuple[ReferenceRow, ...], mistakes: Mistakes) -> None:
    """Note repeated keys, which would make two rows valid at once."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in table.key)
        if key in first:
            mistakes.add(
                table.landed_path,
                row.line,
                ", ".join(key),
                f"The same {', '.join(table.key)} stands on line {first[key]}. Keep one of them.",
            )
        first.setdefault(key, row.line)


def _read_table(folder: Path, table: Table, mistakes: Mistakes) -> tuple[ReferenceRow, ...]:
    path = folder / table.landed_path
    if not path.is_file():
        if table.is_required:
            mistakes.unreadable.add(table.landed_path)
            header = ",".join(table.column_names)
            mistakes.add(
                table.landed_path, 0, None, f"The file is missing. Create it with: {header}"
            )
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        mistakes.unreadable.add(table.landed_path)
        mistakes.add(table.landed_path, 0, None, "The file is not UTF-8 text. Save it as UTF-8.")
        return ()
    rows = tuple(_rows(table, text, mistakes))
    check_rows(table, rows, mistakes)
    return rows


def _rows(table: Table, text: str, mistakes: Mistakes) -> Iterator[ReferenceRow]:
    reader = csv.reader(text.splitlines(keepends=True))
    header = [name.strip() for name in next(reader, [])]
    if sorted(header) != sorted(table.column_names):
        mistakes.unreadable.add(table.landed_path)
        mistakes.add(
            table.landed_path,
            1,
            ",".join(header),
            f"The header must have exactly these columns: {','.join(table.column_names)}",
        )
        return
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            mistakes.unreadable.add(table.landed_path)
            mistakes.add(
                table.landed_path,
                reader.line_num,
                ",".join(cells),
                f"The row has {len(cells)} values, the header {len(header)} columns. "
                "Put text that has a comma in double quotes.",
            )
            continue
        values = {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}
        row = ReferenceRow(reader.line_num, {name: values[name] for name in table.column_names})
        for column in table.columns:
            if cure := problem(column, row.values[column.name]):
                mistakes.add(table.landed_path, row.line, row.values[column.name], cure)
        yield row
