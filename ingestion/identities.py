"""Deduplication, done here and once: identity is (source, id), the first accepted body stands.

Belongs here: judging staged rows against each other and against the identity index; its new part.
Does not: reading files (sources) or counting (landing).
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from core.home import Home
from ingestion.quarantine import Reason
from ingestion.raw_store import events_path, identities_path, quote, usage_path


def judge(connection: duckdb.DuckDBPyConnection, home: Home, head: int) -> None:
    """Create `verdicts`: every staged row that is not accepted, as duplicate or conflict.

    The columns are ordinal, is_duplicate, first_ordinal (null when the first body was accepted by
    an earlier ingest), first_day and first_number (of that ingest). Rows come from `staged_usage`
    and `staged_events`. Only identities that come up again are looked at row by row.
    """
    index = quote(identities_path(home, 0).parent / "*.parquet")
    connection.execute(
        f"""
        create temp view candidates as
        select ordinal, identity_high, identity_low, body_hash from staged_usage
        union all
        select ordinal, identity_high, identity_low, body_hash from staged_events;

        create temp table known_before as
        select
            identity_high,
            identity_low,
            body_hash,
            event_day as first_day,
            manifest_number as first_number
        from read_parquet({index})
        where manifest_number <= {head}
            and (identity_high, identity_low) in (
                select (identity_high, identity_low) from candidates
            );

        create temp table repeated as
        select
            identity_high,
            identity_low,
            min(ordinal) as first_ordinal,
            arg_min(body_hash, ordinal) as body_hash
        from candidates
        group by identity_high, identity_low
        having count(*) > 1;

        create temp table verdicts as
        select
            candidates.ordinal,
            candidates.body_hash = known_before.body_hash as is_duplicate,
            null::bigint as first_ordinal,
            known_before.first_day,
            known_before.first_number
        from candidates
        inner join known_before using (identity_high, identity_low)
        union all
        select
            candidates.ordinal,
            candidates.body_hash = repeated.body_hash,
            repeated.first_ordinal,
            null,
            null
        from candidates
        inner join repeated using (identity_high, identity_low)
        anti join known_before using (identity_high, identity_low)
        where candidates.ordinal <> repeated.first_ordinal;
        """
    )


def accepted_identities(manifest_number: int) -> str:
    """Return the query for the new part of the index, sorted by identity."""
    return f"""
        select
            {manifest_number}::bigint as manifest_number,
            identity_high,
            identity_low,
            body_hash,
            event_day
        from (
            select identity_high, identity_low, body_hash, usage_day as event_day from staged_usage
            union all
            select identity_high, identity_low, body_hash, occurred_at::date from staged_events
        )
        order by identity_high, identity_low
    """


def refuse_conflicts(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Add the conflicts of `verdicts` to `staged_refusals`, with both bodies in the sentence."""
    connection.execute(
        f"""
        insert into staged_refusals
        with later_rows as (
            select
                ordinal,
                source,
                event_id,
                {_usage_words("staged_usage")} as words,
                json_object(
                    'source', source, 'id', event_id, 'subject', subject, 'meter', meter_code,
                    'time', occurred_at, 'quantity', quantity::varchar, 'properties',
                    properties::json
                )::varchar as raw_text
            from staged_usage
            where ordinal in (select ordinal from verdicts where not is_duplicate)
            union all
            select ordinal, source, event_id, event_type, data
            from staged_events
            where ordinal in (select ordinal from verdicts where not is_duplicate)
        ),
        firsts_of_this_ingest as (
            select ordinal, {_usage_words("staged_usage")} as words
            from staged_usage
            where ordinal in (select first_ordinal from verdicts)
            union all
            select ordinal, event_type from staged_events
            where ordinal in (select first_ordinal from verdicts)
        ),
        {_firsts_before(connection, home)}
        select
            later_rows.ordinal,
            later_rows.event_id,
            '{Reason.DUPLICATE_KEY_DIFFERENT_BODY}',
            'Event ' || later_rows.event_id || ' of ' || later_rows.source
                || ' came again and says something else. First: '
                || coalesce(firsts_of_this_ingest.words, firsts_before.words, 'unknown')
                || '. Now: ' || later_rows.words || '. The first stands; if this one corrects it, '
                || 'have the source send the correction as an event with its own id.',
            later_rows.raw_text
        from later_rows
        inner join verdicts on later_rows.ordinal = verdicts.ordinal
        left join firsts_of_this_ingest
            on verdicts.first_ordinal = firsts_of_this_ingest.ordinal
        left join firsts_before
            on later_rows.source = firsts_before.source
            and later_rows.event_id = firsts_before.event_id
            and verdicts.first_ordinal is null
        """
    )


def _usage_words(table: str) -> str:
    """Return SQL that says a usage row in words."""
    return (
        f"{table}.quantity::varchar || ' ' || {table}.meter_code || ' of ' || {table}.subject "
        f"|| ' at ' || strftime({table}.occurred_at, '%Y-%m-%dT%H:%M:%SZ')"
    )


def _firsts_before(connection: duckdb.DuckDBPyConnection, home: Home) -> str:
    """Return the CTE with the first bodies of earlier ingests; only the files that have them."""
    places = connection.execute(
        "select distinct first_day::varchar, first_number from verdicts "
        "where not is_duplicate and first_number is not null order by 1, 2"
    ).fetchall()
    usage = [usage_path(home, day, number) for day, number in places]
    events = [events_path(home, number) for number in sorted({number for _, number in places})]
    parts = ["select null::varchar as source, null::varchar as event_id, null::varchar as words"]
    if found := [path for path in usage if path.exists()]:
        parts.append(
            f"select source, event_id, {_usage_words('usage')} from read_parquet({_list(found)}) "
            "as usage"
        )
    if found := [path for path in events if path.exists()]:
        parts.append(f"select source, event_id, event_type from read_parquet({_list(found)})")
    return f"firsts_before as ({' union all '.join(parts)})"


def _list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(quote(path) for path in paths) + "]"
