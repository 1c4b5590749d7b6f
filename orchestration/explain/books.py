"""What explanations read: the published marts, and the warehouse for what is not published.

Belongs here: asking either of them, and naming the event a figure was stated by.
Does not: arithmetic, or which figures explain an amount.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import duckdb

from core.home import Home
from orchestration import publish
from orchestration.trace import WarehouseBusyError
from orchestration.warehouse import open_warehouse

Row = dict[str, Any]

_EVENT = """
    select event_type || ' ' || event_id || ' of ' || source || ', ' || landed_path || ' line '
        || landed_line as words
    from lineage.events
    where event_key = $1
"""


class Books:
    """The books of a home, open for reading; the warehouse only once something asks it."""

    def __init__(self, marts: duckdb.DuckDBPyConnection, home: Home, opened: ExitStack) -> None:
        """Read from open marts; what is opened beside them is closed with `opened`."""
        self.marts = marts
        self.home = home
        self._opened = opened
        self._warehouse: duckdb.DuckDBPyConnection | None = None

    def ask(self, sql: str, *parameters: object) -> list[Row]:
        """Return the rows of a question to the published marts."""
        return _rows(self.marts, sql, parameters)

    def ask_warehouse(self, sql: str, *parameters: object) -> list[Row]:
        """Return the rows of a question to the warehouse.

        Raises:
            WarehouseBusyError: a run is writing it, or has not made it.
        """
        try:
            if self._warehouse is None:
                opening = open_warehouse(self.home.warehouse, read_only=True)
                self._warehouse = self._opened.enter_context(opening)
        except duckdb.IOException as error:
            raise WarehouseBusyError(
                "The figures behind this amount are in no published mart, and cannot be looked"
                f" up: a run is writing {self.home.warehouse}, or has not made it. Try again when"
                " the run is over."
            ) from error
        return _rows(self._warehouse, sql, parameters)

    def event(self, event_key: str | None) -> str:
        """Return an event in words, with the line it landed on."""
        found = self.ask(_EVENT, event_key)
        return str(found[0]["words"]) if found else "event unknown"


@contextmanager
def open_books(home: Home) -> Iterator[Books]:
    """Open the published marts, and let go of everything whatever happens.

    Raises:
        NothingPublishedError: there are none yet.
    """
    with ExitStack() as opened:
        marts = opened.enter_context(publish.open_marts(home.marts))
        yield Books(marts, home, opened)


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: tuple[object, ...]
) -> list[Row]:
    found = connection.execute(sql, list(parameters))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
