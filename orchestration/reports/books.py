"""The published marts as the pages of the close pack read them.

Belongs here: running a page's query, the link from a figure to its rows when there are any.
Does not: what a page shows (overview and the modules named *_pages).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

from orchestration.reports import drill_downs, rows_behind
from orchestration.reports.drill_downs import DrillDown


@dataclass(kw_only=True)
class Books:
    """The marts of one edition, open for reading."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def link(self, drill: DrillDown, *values: object) -> str:
        """Return the address of the rows behind a figure; nothing when there are none."""
        href = drill.of(*values)
        return href if href in self._groups else ""

    @cached_property
    def _groups(self) -> set[str]:
        found: set[str] = set()
        for drill in rows_behind.ALL:
            found |= drill_downs.groups(self.connection, drill)
        return found
