"""The warehouse before dbt: views over the Parquet stores, and what the run knows.

Belongs here: laying out the schemas raw, ledger, exports and run for one world.
Does not: models (dbt), or what the stores hold (ingestion, posting).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.home import Home
from core.spans import naive_utc
from ingestion import raw_store
from posting import exports, ledger

_PARAMETERS = {
    "as_of": "timestamp",
    "raw_head": "bigint",
    "events_head": "bigint",
    "ledger_head": "bigint",
    "code_version": "varchar",
    "reference_version": "varchar",
    "policy_version": "varchar",
    "run_id": "varchar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseWorld:
    """What a build of the models sees; the one row of `run.parameters`."""

    as_of: datetime
    raw_head: int
    events_head: int
    ledger_head: int
    code_version: str
    reference_version: str
    policy_version: str
    run_id: str


def lay_out(path: Path, home: Home, world: WarehouseWorld) -> None:
    """Point the sources of a warehouse at one world; models in it stay until dbt replaces them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(path) as connection:
        raw_store.register_views(
            connection, home, reference_head=world.raw_head, events_head=world.events_head
        )
        ledger.register_views(connection, home, head=world.ledger_head)
        exports.register_views(connection, home)
        connection.execute("create schema if not exists run")
        values = asdict(world) | {"as_of": naive_utc(world.as_of)}
        columns = ", ".join(f"?::{kind} as {name}" for name, kind in _PARAMETERS.items())
        connection.execute(
            f"create or replace table run.parameters as select {columns}",
            [values[name] for name in _PARAMETERS],
        )


def read_world(path: Path) -> WarehouseWorld:
    """Return the world a warehouse was laid out for."""
    with open_warehouse(path, read_only=True) as connection:
        row = connection.execute(f"select {', '.join(_PARAMETERS)} from run.parameters").fetchone()
    values = dict(zip(_PARAMETERS, row or (), strict=True))
    return WarehouseWorld(**values | {"as_of": values["as_of"].replace(tzinfo=UTC)})


@contextmanager
def open_warehouse(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse and let go of it whatever happens: one open file blocks all others."""
    connection = duckdb.connect(str(path), read_only=read_only)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()
