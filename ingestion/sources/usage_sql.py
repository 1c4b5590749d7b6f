"""The SQL by which usage rows are cast and judged.

Belongs here: staging tables, one expression per canonical column, reasons and sentences.
Does not: opening files (usage_rows).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.company import CORRECTION_COLUMNS
from ingestion.quarantine import Reason
from ingestion.raw_store import copy_statement, quote

_ODD_SPACES = "' ' || chr(9) || chr(13) || chr(160) || chr(65279)"
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"
_PLAIN_NUMBER = r"-?\d{1,11}(\.\d{1,6})?"
_TOO_FINE = r"\.\d{6}\d*[1-9]"
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_PLAIN_INSTANT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?"
_REQUIRED = ("source", "id", "time")
_REQUIRED_OF_USAGE = ("subject", "meter", "quantity")  # a cancellation measures nothing
_IS_READABLE = """(
    source is not null and event_id is not null and occurred_at is not null and (
        cancels is not null
        or (subject is not null and meter_code is not null and quantity is not null)
    )
)"""
_IS_UNCLEAR = (
    "((supersedes is not null and cancels is not null) or coalesce(cancels, supersedes) = event_id)"
)
# Readable, clear about what it corrects, and not older than usage is kept.
_IS_TAKEN = f"({_IS_READABLE} and {_IS_UNCLEAR} is not true and occurred_at >= oldest_at)"

# A staged row as a line of JSON, by our names.
STAGED_TEXT = """json_object(
    'source', source, 'id', event_id, 'subject', subject, 'meter', meter_code,
    'time', occurred_at, 'quantity', quantity::varchar, 'supersedes', supersedes,
    'cancels', cancels, 'correction_reason', correction_reason, 'properties', properties::json
)::varchar"""
_STAGED_COLUMNS = {
    "ordinal": "BIGINT",
    "source": "VARCHAR",
    "event_id": "VARCHAR",
    "subject": "VARCHAR",
    "meter_code": "VARCHAR",
    "quantity": "DECIMAL(17,6)",
    "occurred_at": "TIMESTAMP",
    "received_at": "TIMESTAMP",
    "usage_day": "DATE",
    "properties": "VARCHAR",
    "supersedes": "VARCHAR",
    "cancels": "VARCHAR",
    "correction_reason": "VARCHAR",
    "identity_high": "UBIGINT",
    "identity_low": "UBIGINT",
    "body_hash": "UBIGINT",
    "is_taken": "BOOLEAN",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """SQL for one value of a landed row, and the type it has in the file."""

    sql: str
    kind: str = "VARCHAR"


NO_CELL = Cell(sql="null::varchar")


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedRows:
    """The rows of one landed file, in SQL.

    Attributes:
        relation: where they are.
        ordinal: of a row.
        cells: of a row, by our names.
        source: whose rows they are when they do not say it.
        oldest_at: a timestamp; usage before it is not taken.
    """

    relation: str
    ordinal: str
    cells: dict[str, Cell]
    source: str
    oldest_at: str


def create_refusals(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table of what one ingest refuses."""
    connection.execute(
        """
        create temp table staged_refusals (
            ordinal bigint, event_id varchar, reason_code varchar, sentence varchar,
            raw_text varchar
        )
        """
    )


def staged_path(work: Path, first_ordinal: int) -> Path:
    """Return the scratch file that holds the usage rows of one landed file, cast."""
    return work / "usage" / f"{first_ordinal}.parquet"


def create_staged_usage(connection: duckdb.DuckDBPyConnection, work: Path) -> None:
    """Create the view `staged_usage` over every row of all landed files that is taken.

    Rows are staged in files and not in memory: a landing may be larger than it.
    """
    nothing = staged_path(work, -1)
    nothing.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"null::{kind} as {name}" for name, kind in _STAGED_COLUMNS.items())
    connection.execute(copy_statement(f"select {columns} limit 0", nothing))
    files = quote(nothing.parent / "*.parquet")
    connection.execute(
        f"create temp view staged_usage as select * from read_parquet({files}) where is_taken"
    )


def identity_hash(source: str, event_id: str) -> str:
    """Return the 128-bit identity of two SQL texts; the length keeps their border clear."""
    return f"md5_number(concat(length({source}), ':', {source}, {event_id}))"


def high(hash_sql: str) -> str:
    """Return the upper half of a 128-bit hash: Parquet has no such wide integer."""
    return f"({hash_sql} >> 64)::ubigint"


def low(hash_sql: str) -> str:
    """Return the lower half of a 128-bit hash."""
    return f"({hash_sql} & 18446744073709551615::uhugeint)::ubigint"


def clean(text: str) -> str:
    """Return a text without spaces around it; an empty one and the word NULL are nothing.

    Trimming costs more than looking whether there is anything to trim.
    """
    whole = f"{text}::varchar"
    trimmed = f"trim({whole})"
    nothing = "('', 'NULL', 'null')"
    return f"""
        case
            when {whole} in {nothing} then null
            when not starts_with({whole}, ' ') and not ends_with({whole}, ' ') then {whole}
            when {trimmed} not in {nothing} then {trimmed}
        end
    """


def staged_rows(landed: LandedRows, properties: str) -> str:
    """Return the query for all rows, cast; what cannot be read is null.

    Rows with nulls are left out later: a filter here would make the engine cast twice.
    """
    rows = _cast_rows(landed, f"{properties} as properties")
    body = (
        "concat_ws(chr(31), subject, meter_code, epoch_us(occurred_at), quantity::varchar, "
        "'supersedes ' || supersedes, 'cancels ' || cancels)"
    )
    return f"""
        with cast_rows as ({rows}),
        hashed as (
            select
                *,
                {identity_hash("source", "event_id")} as identity,
                md5_number({body}) as body
            from cast_rows
        )
        select
            ordinal, source, event_id, subject, meter_code, quantity, occurred_at, received_at,
            occurred_at::date as usage_day, properties, supersedes, cancels, correction_reason,
            {high("identity")} as identity_high,
            {low("identity")} as identity_low, {low("body")} as body_hash,
            {_IS_TAKEN} as is_taken
        from hashed
    """


def rows_not_taken(staged: Path) -> str:
    """Return the query for the rows of a scratch file that cannot be read or are too old."""
    return f"select ordinal from read_parquet({quote(staged)}) where not is_taken"


def insert_refused(landed: LandedRows, raw_text: str) -> str:
    """Return the statement that stages the rows that are not taken, with reason and sentence."""
    rows = _cast_rows(landed, f"{raw_text} as raw_text")
    written = {"source": "source", "id": "event_id", "subject": "subject", "time": "time_text"}
    written |= {"meter": "meter_code", "quantity": "quantity_text"}
    missing = ", ".join(
        [f"case when {written[name]} is null then '{name}' end" for name in _REQUIRED]
        + [
            f"case when {written[name]} is null and cancels is null then '{name}' end"
            for name in _REQUIRED_OF_USAGE
        ]
    )
    return f"""
        insert into staged_refusals
        with cast_rows as ({rows}),
        judged as (
            select
                *,
                concat_ws(', ', {missing}) as missing,
                cancels is not null
                    or regexp_full_match(trim(quantity_text, {_ODD_SPACES}), {quote(_NUMBER)})
                    as is_number
            from cast_rows
            where not {_IS_TAKEN}
        )
        select
            ordinal,
            event_id,
            case
                when missing <> '' then '{Reason.PAYLOAD_INCOMPLETE}'
                when {_IS_UNCLEAR} then '{Reason.USAGE_CORRECTION_UNCLEAR}'
                when occurred_at is null or not is_number then '{Reason.MALFORMED_ROW}'
                when {_IS_READABLE} then '{Reason.USAGE_TOO_OLD}'
                else '{Reason.AMOUNT_PRECISION}'
            end,
            case
                when missing <> ''
                    then 'The usage row has no ' || missing || '. Have the source send it whole.'
                when supersedes is not null and cancels is not null
                    then 'The usage row supersedes ' || supersedes || ' and cancels ' || cancels
                        || '. It can say one of both: have the source send the replacement with '
                        || 'supersedes alone, or the cancellation with cancels alone.'
                when {_IS_UNCLEAR}
                    then 'The usage row ' || event_id || ' corrects itself. Have the source send '
                        || 'the correction with its own id and name the event it corrects.'
                when occurred_at is null
                    then 'The time ''' || time_text || ''' cannot be read; write it like '
                        || '2026-03-01T06:00:00Z. Have the source send the row again.'
                when not is_number
                    then 'The quantity ''' || quantity_text || ''' is not a number. '
                        || 'Have the source send the row again.'
                when {_IS_READABLE}
                    then 'The usage is of ' || occurred_at::date || ', before '
                        || oldest_at::date || ': this source takes usage only so long. Agree on '
                        || 'it with the customer, or raise retention_months and replay the row.'
                else 'The quantity ' || quantity_text || ' cannot be held exactly: at most 11 '
                    || 'digits before and 6 after the point. Have the source round it.'
            end,
            raw_text
        from judged
    """


def _cast_rows(landed: LandedRows, last: str) -> str:
    """Cast every cell; what a query does not use, the engine does not compute."""
    cells = landed.cells
    source = clean(cells["source"].sql) if "source" in cells else "null"
    received = cells.get("received_at", NO_CELL)
    corrections = ", ".join(
        f"{clean(cells[name].sql) if name in cells else NO_CELL.sql} as {name}"
        for name in CORRECTION_COLUMNS
    )
    return f"""
        select
            *,
            {_instant("time_text", "time_value", cells["time"].kind)} as occurred_at,
            {_instant("received_text", "received_value", received.kind)} as received_at,
            {_quantity("quantity_text", "quantity_value", cells["quantity"].kind)} as quantity
        from (
            select
                {landed.ordinal} as ordinal,
                {landed.oldest_at} as oldest_at,
                coalesce({source}, {quote(landed.source)}) as source,
                {clean(cells["id"].sql)} as event_id,
                {clean(cells["subject"].sql)} as subject,
                {clean(cells["meter"].sql)} as meter_code,
                {cells["time"].sql} as time_value,
                {clean(cells["time"].sql)} as time_text,
                {cells["quantity"].sql} as quantity_value,
                {clean(cells["quantity"].sql)} as quantity_text,
                {received.sql} as received_value,
                {clean(received.sql)} as received_text,
                {corrections},
                {last}
            from {landed.relation}
        )
    """


def _instant(text: str, value: str, kind: str) -> str:
    """Times without a zone are UTC; others are moved there. The first branch is the fast one.

    A cast to a timestamp without a zone would drop the offset and say nothing.
    """
    if kind.startswith("TIMESTAMP"):
        moved = f"{value} at time zone 'UTC'" if kind.endswith("TIME ZONE") else value
        return f"case when isfinite({value}) then ({moved})::timestamp end"
    odd = f"trim({text}, {_ODD_SPACES})"
    return f"""
        case
            when regexp_full_match({text}, {quote(_PLAIN_INSTANT)})
                then try_cast({text} as timestamp)
            when {odd} like '____-__-__%' then try_cast({odd} as timestamptz) at time zone 'UTC'
        end
    """


def _quantity(text: str, value: str, kind: str) -> str:
    """A quantity is taken only when it is held exactly; the first branch is the fast one."""
    if kind in _INTEGERS:
        return f"try_cast({value} as decimal(17,6))"
    odd = f"trim({text}, {_ODD_SPACES})"
    return f"""
        case
            when regexp_full_match({text}, {quote(_PLAIN_NUMBER)})
                then try_cast({text} as decimal(17,6))
            when regexp_full_match({odd}, {quote(_NUMBER)})
                and not regexp_matches({odd}, {quote(_TOO_FINE)})
                and try_cast({odd} as decimal(38,18)) = try_cast({odd} as decimal(17,6))
                then try_cast({odd} as decimal(17,6))
        end
    """
