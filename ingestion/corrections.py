"""Corrections: a usage event that supersedes an earlier one, or an event that cancels one.

Both stay in the raw store. An event is corrected once; who corrects a replacement names that. A
correction may come before the event it names: it waits, and the event then never counts.

Belongs here: which corrections stand, and where each meets the event that counts no more.
Does not: reading rows (sources), identity (identities), circles (correction_circles), charges.
"""

import duckdb

from core.home import Home
from ingestion.correction_circles import create_circles
from ingestion.ordinals import file_of, line_of
from ingestion.quarantine import Reason
from ingestion.raw_store import (
    corrected_usage_path,
    identities_path,
    quote,
    usage_corrections_path,
    usage_path,
)
from ingestion.sources.usage_sql import STAGED_TEXT, high, identity_hash, low

_MET_COLUMNS = """
    corrections.source, corrections.event_id as correcting_event_id, corrections.is_cancellation,
    originals.event_id, originals.subject, originals.meter_code, originals.quantity,
    originals.occurred_at, originals.usage_day, originals.properties
"""


def judge(connection: duckdb.DuckDBPyConnection, home: Home, head: int) -> None:
    """Refuse corrections that cannot stand; create `new_corrections` and `newly_corrected`.

    A refused one leaves the view `accepted_usage`. What is newly corrected is every usage event
    that met its correction in this ingest, whichever of the two came first.
    """
    _create_corrections(connection, home, head)
    if _count(connection, "new_corrections"):
        create_circles(connection)
        _refuse(connection, "circles", Reason.USAGE_CORRECTION_UNCLEAR)
        _refuse_second_ones(connection)
    _create_corrected(connection)
    if _count(connection, "new_corrections") or _count(connection, "waiting_corrections"):
        _meet_usage_of_now(connection)
    if _count(connection, "new_corrections"):
        _meet_usage_of_before(connection, home, head)


def accepted_corrections(manifest_number: int, known_at: str) -> str:
    """Return the query for the corrections of one ingest.

    Args:
        manifest_number: Of the ingest.
        known_at: SQL of the instant of registration.
    """
    return f"""
        select
            {manifest_number}::bigint as manifest_number, new_corrections.source, event_id,
            corrected_event_id, is_cancellation, occurred_at, subject, meter_code, quantity,
            properties, reason, {known_at} as known_at, landed_path,
            {line_of("ordinal")} as landed_line
        from new_corrections
        inner join staged_files on {file_of("ordinal")} = file_number
        order by ordinal
    """


def newly_corrected(manifest_number: int, known_at: str) -> str:
    """Return the query for the usage events that count no more since one ingest.

    Args:
        manifest_number: Of the ingest.
        known_at: SQL of the instant of registration.
    """
    return f"""
        select
            {manifest_number}::bigint as manifest_number, source, event_id, subject, meter_code,
            quantity, occurred_at, usage_day, properties,
            coalesce(usage_manifest_number, {manifest_number})::bigint as usage_manifest_number,
            correcting_event_id, is_cancellation, {known_at} as known_at
        from newly_corrected
        order by source, event_id
    """


def _create_corrections(connection: duckdb.DuckDBPyConnection, home: Home, head: int) -> None:
    """Create `new_corrections`, `known_corrections` and, of those, `waiting_corrections`."""
    connection.execute(
        f"""
        create temp table new_corrections as
        select
            ordinal, source, event_id, coalesce(supersedes, cancels) as corrected_event_id,
            cancels is not null as is_cancellation, occurred_at,
            case when cancels is null then subject end as subject,
            case when cancels is null then meter_code end as meter_code,
            case when cancels is null then quantity end as quantity,
            case when cancels is null then properties end as properties,
            correction_reason as reason
        from accepted_usage
        where supersedes is not null or cancels is not null;

        create temp view known_corrections as
        select source, event_id, corrected_event_id, is_cancellation
        from read_parquet({quote(usage_corrections_path(home, 0).parent / "*.parquet")})
        where manifest_number <= {head};

        create temp table waiting_corrections as
        select * from known_corrections
        anti join (
            select source, event_id as corrected_event_id
            from read_parquet({quote(corrected_usage_path(home, 0).parent / "*.parquet")})
            where manifest_number <= {head}
        ) as met using (source, corrected_event_id);
        """
    )


def _refuse_second_ones(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a correction of what another corrects already: the first one stands."""
    connection.execute(
        """
        create temp table second_corrections as
        with ranked as (
            select
                *,
                first_value(event_id) over corrections_of_one as first_id,
                first_value(is_cancellation) over corrections_of_one as first_cancels,
                row_number() over corrections_of_one as rank
            from (
                select -1 as ordinal, source, event_id, corrected_event_id, is_cancellation
                from known_corrections
                semi join new_corrections using (source, corrected_event_id)
                union all
                select ordinal, source, event_id, corrected_event_id, is_cancellation
                from new_corrections
            )
            window corrections_of_one as (
                partition by source, corrected_event_id order by ordinal
            )
        )
        select
            ordinal,
            'Usage ' || event_id || ' of ' || source || ' corrects ' || corrected_event_id
                || ', which ' || first_id || ' has '
                || if(first_cancels, 'cancelled', 'superseded') || '. The first stands. '
                || if(
                    first_cancels,
                    'If it was used after all, have the source send the usage as a new event.',
                    'Have the source send a correction of ' || first_id || ' instead.'
                ) as sentence
        from ranked
        where rank > 1;
        """
    )
    _refuse(connection, "second_corrections", Reason.USAGE_CORRECTED_TWICE)


def _refuse(connection: duckdb.DuckDBPyConnection, table: str, reason: Reason) -> None:
    """Move the rows of a table of ordinals and sentences to the refusals."""
    if not _count(connection, table):
        return
    connection.execute(
        f"""
        insert into staged_refusals
        select ordinal, event_id, '{reason}', {table}.sentence, {STAGED_TEXT}
        from {table}
        inner join staged_usage using (ordinal);
        delete from new_corrections where ordinal in (select ordinal from {table});
        create or replace temp view accepted_usage as
        select * from staged_usage
        anti join verdicts using (ordinal)
        anti join (
            select ordinal from staged_refusals where reason_code in (
                '{Reason.USAGE_CORRECTED_TWICE}', '{Reason.USAGE_CORRECTION_UNCLEAR}'
            )
        ) as refused using (ordinal);
        """
    )


def _create_corrected(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `newly_corrected`, empty; without a number the event came with this ingest."""
    connection.execute(
        """
        create temp table newly_corrected (
            source varchar, correcting_event_id varchar, is_cancellation boolean, event_id varchar,
            subject varchar, meter_code varchar, quantity decimal(17,6), occurred_at timestamp,
            usage_day date, properties varchar, usage_manifest_number bigint
        )
        """
    )


def _meet_usage_of_now(connection: duckdb.DuckDBPyConnection) -> None:
    """Find events of this ingest that a correction of now, or one that waited, names."""
    connection.execute(
        f"""
        insert into newly_corrected
        with corrections as (
            select source, event_id, corrected_event_id, is_cancellation from new_corrections
            union all
            select * from waiting_corrections
        )
        select {_MET_COLUMNS}, null
        from accepted_usage as originals
        inner join corrections
            on originals.source = corrections.source
            and originals.event_id = corrections.corrected_event_id
        where originals.cancels is null
        """
    )


def _meet_usage_of_before(connection: duckdb.DuckDBPyConnection, home: Home, head: int) -> None:
    """Find events of earlier ingests; the identity index knows in which file each lies."""
    identity = identity_hash("source", "corrected_event_id")
    index = quote(identities_path(home, 0).parent / "*.parquet")
    places = connection.execute(
        f"""
        select distinct event_day::varchar, manifest_number
        from read_parquet({index})
        semi join (
            select {high(identity)} as identity_high, {low(identity)} as identity_low
            from new_corrections
        ) as wanted using (identity_high, identity_low)
        where manifest_number <= {head}
        order by all
        """
    ).fetchall()
    paths = [usage_path(home, day, number) for day, number in places]
    if found := [quote(path) for path in paths if path.exists()]:
        connection.execute(
            f"""
            insert into newly_corrected
            with originals as (
                select
                    source, event_id, subject, meter_code, quantity, occurred_at, usage_day,
                    properties, manifest_number
                from read_parquet(
                    [{", ".join(found)}], hive_partitioning = true,
                    hive_types = {{'usage_day': date}}
                )
            )
            select {_MET_COLUMNS}, originals.manifest_number
            from originals
            inner join new_corrections as corrections
                on originals.source = corrections.source
                and originals.event_id = corrections.corrected_event_id
            """
        )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
