"""Deduplication, done here and once: identity is (source, id), the first accepted body stands.

Belongs here: judging staged rows against each other and against the identity index; its new part.
Does not: reading files (sources) or counting (landing).
"""

import duckdb

from core.home import Home
from ingestion.raw_store import identities_path, quote


def judge(connection: duckdb.DuckDBPyConnection, home: Home, head: int) -> None:
    """Create `verdicts`: every staged row that is not accepted, as duplicate or conflict.

    What is accepted are the views `accepted_usage` and `accepted_events`.

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
        semi join candidates using (identity_high, identity_low)
        where manifest_number <= {head};

        create temp table repeated as
        with again as (
            select identity_high, identity_low
            from candidates
            group by identity_high, identity_low
            having count(*) > 1
        )
        select
            identity_high,
            identity_low,
            min(ordinal) as first_ordinal,
            arg_min(body_hash, ordinal) as body_hash
        from candidates
        semi join again using (identity_high, identity_low)
        group by identity_high, identity_low;

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

        create temp view accepted_usage as
        select * from staged_usage anti join verdicts using (ordinal);
        create temp view accepted_events as
        select * from staged_events anti join verdicts using (ordinal);
        """
    )


def accepted_identities(manifest_number: int) -> str:
    """Return the query for the new part of the index."""
    return f"""
        select
            {manifest_number}::bigint as manifest_number,
            identity_high,
            identity_low,
            body_hash,
            event_day
        from (
            select identity_high, identity_low, body_hash, usage_day as event_day
            from accepted_usage
            union all
            select identity_high, identity_low, body_hash, occurred_at::date from accepted_events
        )
    """
