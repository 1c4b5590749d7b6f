"""Conflicts: an identity that came before with another body. The sentence names both sides.

Belongs here: turning the conflicts of `verdicts` into refusals.
Does not: finding them (identities).
"""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from core.home import Home
from ingestion.quarantine import Reason
from ingestion.raw_store import events_path, quote, usage_corrections_path, usage_path
from ingestion.sources.usage_sql import STAGED_TEXT

_CURE = (
    "The first stands; if this one corrects it, have the source send the correction as an event "
    "with its own id."
)
_USAGE_WORDS = """concat(
    coalesce('cancels ' || cancels, quantity::varchar || ' ' || meter_code || ' of ' || subject),
    ' at ', strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ'), ', superseding ' || supersedes
)"""
_EVENT_WORDS = """json_object(
    'type', event_type, 'subject', subject, 'time', occurred_at,
    'correlation id', correlation_id, 'causation id', causation_id, 'data', data::json
)::varchar"""


def refuse_conflicts(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Add the conflicts of `verdicts` to `staged_refusals`."""
    row = connection.execute("select count(*) from verdicts where not is_duplicate").fetchone()
    if not row or not row[0]:
        return
    _create_firsts(connection, home)
    _refuse_usage(connection)
    _refuse_events(connection)


def _create_firsts(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Create `firsts`: the bodies that stand, whether of this ingest or of an earlier one."""
    places = connection.execute(
        "select distinct first_day::varchar, first_number from verdicts "
        "where not is_duplicate and first_number is not null order by 1, 2"
    ).fetchall()
    usage = [path for path in (usage_path(home, *place) for place in places) if path.exists()]
    events = [events_path(home, number) for number in sorted({number for _, number in places})]
    staged = "where ordinal in (select first_ordinal from verdicts where not is_duplicate)"
    parts = [
        f"select source, event_id, {_USAGE_WORDS} as words from staged_usage {staged}",
        f"select source, event_id, {_EVENT_WORDS} from staged_events {staged}",
    ]
    conflicting = "(source, event_id) in (select (source, event_id) from conflicting)"
    if places:
        parts.append(
            f"select source, event_id, {_USAGE_WORDS} from ({_usage_of_before(home, usage)}) "
            f"where {conflicting}"
        )
    if found := [path for path in events if path.exists()]:
        parts.append(
            f"select source, event_id, {_EVENT_WORDS} from read_parquet({_list(found)}) "
            f"where {conflicting}"
        )
    connection.execute(
        f"""
        create temp table conflicting as
        select ordinal, source, event_id, {_USAGE_WORDS} as words, true as is_usage
        from staged_usage
        where ordinal in (select ordinal from verdicts where not is_duplicate)
        union all
        select ordinal, source, event_id, {_EVENT_WORDS}, false
        from staged_events
        where ordinal in (select ordinal from verdicts where not is_duplicate);
        create temp table firsts as {" union all ".join(parts)};
        """
    )


def _usage_of_before(home: Home, usage: Sequence[Path]) -> str:
    """Return the query for usage and cancellations of earlier ingests, with what they correct."""
    said = quote(usage_corrections_path(home, 0).parent / "*.parquet")
    columns = "source, event_id, subject, meter_code, quantity, occurred_at"
    measured = (
        f"select {columns} from read_parquet({_list(usage)})"
        if usage
        else f"select {columns} from staged_usage limit 0"
    )
    return f"""
        select measured.*, corrected_event_id as supersedes, null::varchar as cancels
        from ({measured}) as measured
        left join read_parquet({said}) as said using (source, event_id)
        union all
        select source, event_id, null, null, null, occurred_at, null, corrected_event_id
        from read_parquet({said})
        where is_cancellation
    """


def _refuse_usage(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the sentences of usage in bulk: a broken source conflicts by the thousand."""
    connection.execute(
        f"""
        insert into staged_refusals
        select
            conflicting.ordinal,
            conflicting.event_id,
            '{Reason.DUPLICATE_KEY_DIFFERENT_BODY}',
            'Usage ' || conflicting.event_id || ' of ' || conflicting.source
                || ' came again and says something else. First: ' || firsts.words
                || '. Now: ' || conflicting.words || '. {_CURE}',
            staged_usage.raw_text
        from conflicting
        inner join firsts
            on conflicting.source = firsts.source and conflicting.event_id = firsts.event_id
        inner join (select ordinal, {STAGED_TEXT} as raw_text from staged_usage) as staged_usage
            on conflicting.ordinal = staged_usage.ordinal
        where conflicting.is_usage
        """
    )


def _refuse_events(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(
        """
        select
            conflicting.ordinal,
            conflicting.source,
            conflicting.event_id,
            firsts.words,
            conflicting.words
        from conflicting
        inner join firsts
            on conflicting.source = firsts.source and conflicting.event_id = firsts.event_id
        where not conflicting.is_usage
        order by conflicting.ordinal
        """
    ).fetchall()
    for ordinal, source, event_id, first, later in rows:
        sentence = (
            f"Event {event_id} of {source} came again and says something else: "
            f"{_differences(first, later)}. {_CURE}"
        )
        connection.execute(
            "insert into staged_refusals values (?, ?, ?, ?, ?)",
            [ordinal, event_id, str(Reason.DUPLICATE_KEY_DIFFERENT_BODY), sentence, later],
        )


def _differences(first: str, later: str) -> str:
    """Say which fields differ, with both values."""
    before, after = _flat(json.loads(first)), _flat(json.loads(later))
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return "; ".join(
        f"{name} was {before.get(name, 'not there')}, is {after.get(name, 'not there')}"
        for name in changed
    )


def _flat(value: object, name: str = "") -> dict[str, object]:
    """Return the leaves of a JSON value by their path, without the word data in front."""
    if isinstance(value, dict):
        items = [(f"{name}.{key}" if name else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        items = [(f"{name}.{position}", item) for position, item in enumerate(value, start=1)]
    else:
        return {name.removeprefix("data."): value}
    return {path: leaf for key, item in items for path, leaf in _flat(item, key).items()}


def _list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(quote(path) for path in paths) + "]"
