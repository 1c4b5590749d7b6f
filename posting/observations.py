"""The log of exceptions: when a run first saw one, and when it was gone again; append-only.

Belongs here: comparing what a run's proof says with what was seen before, writing what changed.
Does not: what is an exception, or whether it healed by itself (the models say both).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import Connection, Table, func, insert, select

from core.home import Home
from posting import store, tables

OPENED = "opened"
HEALED = "healed"
REOPENED = "reopened"
TABLES: tuple[Table, ...] = (tables.exception_observations, tables.observed_runs)
_HISTORY = """
    select exception_key, is_open, resolution, legal_entity_code, amount_minor, currency
    from controls.exception_history order by exception_key
"""
_BREAKS = "select coalesce(sum(break_count), 0)::bigint from reconciliation.tie_out_summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the proof of a run says about one exception that was ever seen."""

    exception_key: str
    is_open: bool
    resolution: str | None
    legal_entity_code: str | None
    amount_minor: int | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationReport:
    """What changed since the run before; nothing was written when a later run has observed."""

    is_recorded: bool
    open_count: int
    opened: int = 0
    healed: int = 0
    reopened: int = 0


def observe(home: Home, warehouse: Path, *, run_id: str, as_of: datetime) -> ObservationReport:
    """Write down which exceptions came and went; for the same proof nothing is written twice.

    A question about an earlier instant than the last one observed is not history: nothing is
    written then.

    Args:
        home: whose control store.
        warehouse: with the proof of the run.
        run_id: of the run.
        as_of: of the run.
    """
    seen, break_count = _read(warehouse)
    open_count = sum(each.is_open for each in seen)
    instant = store.instant(as_of)
    with store.transaction(home) as connection:
        last = connection.execute(select(func.max(tables.observed_runs.c.as_of))).scalar()
        if last is not None and instant < last:
            return ObservationReport(is_recorded=False, open_count=open_count)
        first_sequence, states = _last_states(connection)
        changed = list(_changed(seen, states))
        rows = [
            {
                "sequence": sequence,
                "exception_key": each.exception_key,
                "run_id": run_id,
                "as_of": instant,
                "state": state,
                "resolution": each.resolution if state == HEALED else None,
                "last_seen_at": last if state == HEALED and last is not None else instant,
                "legal_entity_code": each.legal_entity_code,
                "amount_minor": each.amount_minor,
                "currency": each.currency,
            }
            for sequence, (each, state) in enumerate(changed, start=first_sequence)
        ]
        if rows:
            connection.execute(insert(tables.exception_observations), rows)
        _add_run(connection, run_id, instant, open_count, break_count)
    counts = [state for _, state in changed]
    return ObservationReport(
        is_recorded=True,
        open_count=open_count,
        opened=counts.count(OPENED),
        healed=counts.count(HEALED),
        reopened=counts.count(REOPENED),
    )


def recorded(home: Home, table: Table) -> list[dict[str, object]]:
    """Return the rows of one table of the log, in the order of its key."""
    with store.reading(home) as connection:
        query = select(table).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(query).mappings()]


def _read(warehouse: Path) -> tuple[list[Observation], int]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        cursor = connection.execute(_HISTORY)
        names = [column[0] for column in cursor.description]
        seen = [Observation(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        break_count = connection.execute(_BREAKS).fetchall()[0][0]
    return seen, break_count


def _last_states(connection: Connection) -> tuple[int, dict[str, str]]:
    """Return the next free sequence, and the last state of every exception ever seen."""
    table = tables.exception_observations
    rows = connection.execute(
        select(table.c.sequence, table.c.exception_key, table.c.state).order_by(table.c.sequence)
    ).all()
    return (rows[-1].sequence + 1 if rows else 1), {row.exception_key: row.state for row in rows}


def _changed(
    seen: Sequence[Observation], states: dict[str, str]
) -> Iterator[tuple[Observation, str]]:
    """Yield each exception whose state is not the one last written, with its new state."""
    for each in seen:
        state = states.get(each.exception_key)
        if each.is_open and state is None:
            yield each, OPENED
        elif each.is_open and state == HEALED:
            yield each, REOPENED
        elif not each.is_open and state in {OPENED, REOPENED}:
            yield each, HEALED


def _add_run(
    connection: Connection, run_id: str, as_of: datetime, open_count: int, break_count: int
) -> None:
    """Remember that a run has observed, once."""
    table = tables.observed_runs
    known = connection.execute(select(table.c.run_id).where(table.c.run_id == run_id)).first()
    if known is None:
        connection.execute(
            insert(table).values(
                run_id=run_id, as_of=as_of, exception_count=open_count, break_count=break_count
            )
        )
