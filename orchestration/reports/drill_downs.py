"""The rows behind the figures: for each mart a page of groups, each with its total.

Belongs here: how rows are grouped, summed and cut off, and the page that shows them.
Does not: which rows stand behind which figure (rows_behind).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb

from orchestration.reports.elements import (
    Cell,
    Page,
    Row,
    Section,
    Table,
    anchor,
    spell,
    text,
    title,
    words,
)

MOST_ROWS_OF_A_GROUP = 25
MOST_ROWS_OF_A_PAGE = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDown:
    """Rows of one mart, grouped the way figures ask for them.

    Attributes:
        name: of its page.
        title: what the rows are.
        mart: where they are, as area.mart.
        groups: columns that make a group's address.
        columns: what is shown of a row.
        totals: columns that are summed over a whole group.
        order: of rows within a group, ending in a unique key.
        only: which rows; a SQL condition.
        last_of: columns of which only the row of the last period counts.
        note: how to read it.
    """

    name: str
    title: str
    mart: str
    groups: tuple[str, ...]
    columns: tuple[str, ...]
    totals: tuple[str, ...] = ()
    order: str
    only: str = "true"
    last_of: tuple[str, ...] = ()
    note: str = ""

    @property
    def path(self) -> str:
        """Return its page."""
        return f"rows/{self.name}.html"

    @property
    def file(self) -> str:
        """Return the file with all rows of the mart."""
        return f"data/{self.mart}.csv"

    def of(self, *values: object) -> str:
        """Return the address of a group's rows."""
        return f"{self.path}#{anchor(*values)}"


def page(connection: duckdb.DuckDBPyConnection, drill: DrillDown) -> Page:
    """Return the page of a drill-down."""
    shown = 0
    sections = []
    for values, rows in _groups(connection, drill):
        room = max(0, MOST_ROWS_OF_A_PAGE - shown)
        sections.append(_section(drill, values, rows, room))
        shown += min(room, len(rows))
    return Page(
        path=drill.path,
        title=drill.title,
        intro=" ".join(filter(None, (f"Rows of {drill.mart}.", drill.note))),
        sections=sections
        or [Section(anchor="none", title="No rows", intro="There is nothing of this kind.")],
        files=(drill.file,),
    )


def groups(connection: duckdb.DuckDBPyConnection, drill: DrillDown) -> set[str]:
    """Return the address of every group there is."""
    columns = ", ".join(f'"{name}"' for name in drill.groups)
    rows = connection.execute(f"select distinct {columns} from {_source(drill)}").fetchall()
    return {drill.of(*row) for row in rows}


def _section(
    drill: DrillDown, values: tuple[object, ...], rows: list[dict[str, Any]], room: int
) -> Section:
    first = rows[0]
    whole = int(first["group_count"])
    visible = rows[:room]
    name = _name(drill, values)
    return Section(
        anchor=anchor(*values),
        title=name,
        level=3,
        tables=[
            Table(
                caption=f"{drill.title}: {name}, {whole:,} row{'s' * (whole != 1)}",
                columns=[title(column) for column in drill.columns],
                rows=[
                    Row(cells=[spell(column, row[column], row) for column in drill.columns])
                    for row in visible
                ],
                foot=[_total(drill, first)] if drill.totals else [],
                more=f"{len(visible):,} of {whole:,} rows are shown. All of them:"
                if len(visible) < whole
                else "",
            )
        ],
    )


def _name(drill: DrillDown, values: tuple[object, ...]) -> str:
    spelled = [
        words(str(value)).capitalize() if column.endswith("_role") else str(value)
        for column, value in zip(drill.groups, values, strict=True)
        if value not in {None, ""}
    ]
    return ", ".join(spelled) or "without"


def _total(drill: DrillDown, first: dict[str, Any]) -> Row:
    cells = [
        spell(column, first[f"total_{column}"], first) if column in drill.totals else Cell(text="")
        for column in drill.columns
    ]
    return Row(cells=[text("All rows"), *cells[1:]])


def _groups(
    connection: duckdb.DuckDBPyConnection, drill: DrillDown
) -> Iterator[tuple[tuple[object, ...], list[dict[str, Any]]]]:
    group = ", ".join(f'"{name}"' for name in drill.groups)
    totals = "".join(
        f', sum("{name}") over (partition by {group}) as "total_{name}"' for name in drill.totals
    )
    cursor = connection.execute(
        f"select *, count(*) over (partition by {group}) as group_count{totals},"
        f" row_number() over (partition by {group} order by {drill.order}) as place"
        f" from {_source(drill)} qualify place <= {MOST_ROWS_OF_A_GROUP}"
        f" order by {group}, place"
    )
    names = [column[0] for column in cursor.description]
    rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    for values, members in groupby(rows, key=lambda row: tuple(row[name] for name in drill.groups)):
        yield values, list(members)


def _source(drill: DrillDown) -> str:
    last = ""
    if drill.last_of:
        columns = ", ".join(drill.last_of)
        last = (
            f" qualify row_number() over (partition by {columns} order by accounting_period desc)"
            " = 1"
        )
    return f"(select * from {drill.mart} where {drill.only}{last})"
