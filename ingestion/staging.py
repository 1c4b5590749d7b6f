"""The rows of one ingest before anything is committed, in a DuckDB of its own.

Belongs here: reading every landed file into staging tables, counting what becomes of each row.
Does not: files of the raw store (landing writes them), the rules of identity (identities).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from shutil import rmtree

import duckdb
import pyarrow as pa

from core.canonical import canonical_json, sha256_hex
from core.home import Home
from core.spans import naive_utc
from ingestion import conflicts, corrections, identities
from ingestion.ordinals import file_of, first_ordinal
from ingestion.quarantine import Reason, Refused
from ingestion.raw_store import work_folder
from ingestion.sources import cloudevents, usage_rows, usage_sql
from ingestion.sources.cloudevents import CanonicalEvent
from ingestion.sources.landed_files import LandedFile, UnreadableFileError, plain_copy

_EVENT_SCHEMA = pa.schema(
    [
        ("ordinal", pa.int64()),
        ("event_key", pa.string()),
        ("source", pa.string()),
        ("event_id", pa.string()),
        ("event_type", pa.string()),
        ("schema_version", pa.int32()),
        ("subject", pa.string()),
        ("occurred_at", pa.timestamp("us")),
        ("received_at", pa.timestamp("us")),
        ("correlation_id", pa.string()),
        ("causation_id", pa.string()),
        ("data", pa.string()),
        ("body_hash", pa.string()),
        ("subject_id", pa.string()),
        ("name", pa.string()),
        ("email", pa.string()),
    ]
)
_EVENT_FIELDS = [
    field.name for field in fields(CanonicalEvent) if field.name in _EVENT_SCHEMA.names
]
_REFUSAL_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("event_id", "reason_code", "sentence", "raw_text")]
).insert(0, pa.field("ordinal", pa.int64()))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCount:
    """What became of the rows of one landed file."""

    landed_path: str
    source: str | None
    sha256: str
    landed: int
    accepted: int
    duplicate: int
    quarantined: int


@contextmanager
def staged(
    home: Home, files: Sequence[LandedFile], head: int, now: datetime
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[FileCount]]]:
    """Stage files, judge every row, and hand over the tables with the counts per file.

    `accepted_usage` and `accepted_events` are what is new and good, `staged_refusals` all other
    rows but duplicates.
    """
    work = work_folder(home)
    work.mkdir(parents=True, exist_ok=True)
    with (
        _removed_afterwards(work),
        duckdb.connect(config={"temp_directory": str(work / "spill")}) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        usage_sql.create_refusals(connection)
        landed = _stage_files(connection, files, work, now)
        usage_sql.create_staged_usage(connection, work)
        identities.judge(connection, home, head)
        conflicts.refuse_conflicts(connection, home)
        corrections.judge(connection, home, head)
        duplicates = _per_file(connection, "verdicts where is_duplicate")
        accepted = _per_file(
            connection,
            "(select ordinal from accepted_usage union all select ordinal from accepted_events)",
        )
        refused = _per_file(connection, "staged_refusals")
        counts = [
            FileCount(
                landed_path=file.landed_path,
                source=file.source_name,
                sha256=file.sha256,
                landed=landed[number],
                accepted=accepted.get(number, 0),
                duplicate=duplicates.get(number, 0),
                quarantined=refused.get(number, 0),
            )
            for number, file in enumerate(files)
        ]
        yield connection, counts


@contextmanager
def _removed_afterwards(work: Path) -> Iterator[None]:
    """Leave no scratch behind: it is as large as what landed. A crash leaves it to the sweep."""
    try:
        yield
    finally:
        rmtree(work, ignore_errors=True)


def _stage_files(
    connection: duckdb.DuckDBPyConnection, files: Sequence[LandedFile], work: Path, now: datetime
) -> list[int]:
    """Read all files; return how many rows landed in each."""
    connection.execute(
        "create temp table staged_files (file_number bigint, source varchar, landed_path varchar)"
    )
    events: list[dict[str, object]] = []
    refusals: list[dict[str, object]] = []
    landed = []
    for number, file in enumerate(files):
        connection.execute(
            "insert into staged_files values (?, ?, ?)",
            [number, file.source_name, file.landed_path],
        )
        first = first_ordinal(number)
        try:
            if unreadable := _why_unreadable(file):
                raise UnreadableFileError(unreadable)
            if file.source and file.source.format == "usage":
                landed.append(
                    usage_rows.stage_usage(
                        connection, file, file.source, first_ordinal=first, work=work, now=now
                    )
                )
                continue
            read = list(
                cloudevents.read_events(plain_copy(file.path, work), file.source_name or "")
            )
            landed.append(len(read))
        except UnreadableFileError as error:
            landed.append(1)
            read = [_unreadable(file, str(error))]
        for row in read:
            if isinstance(row, Refused):
                refusals.append(_refusal_record(first, row))
            else:
                events.append(_event_record(first, row))
    _load(connection, events, refusals)
    return landed


def _why_unreadable(file: LandedFile) -> str | None:
    if file.source is None:
        return (
            "no source of company.yaml claims it; add a source whose 'files' pattern matches it, "
            "or remove it from landing/"
        )
    kinds = usage_rows.KINDS if file.source.format == "usage" else cloudevents.KINDS
    if file.kind not in kinds:
        endings = ", ".join(f".{kind}" for kind in kinds)
        return f"source {file.source.name} reads files ending in {endings}, with or without .gz"
    return None


def _unreadable(file: LandedFile, reason: str) -> Refused:
    return Refused(
        line=0,
        event_id=None,
        reason=Reason.MALFORMED_ROW,
        sentence=f"Nothing of the file {file.landed_path} was read: {reason}.",
        raw_text=file.landed_path,
    )


def _event_record(first: int, event: CanonicalEvent) -> dict[str, object]:
    """Return an event as a staged row (`asdict` would copy its data through, field by field)."""
    record = {name: getattr(event, name) for name in _EVENT_FIELDS}
    personal, received = event.personal, event.received_at
    return record | {
        "ordinal": first + event.line,
        "event_key": sha256_hex(canonical_json([event.source, event.event_id])),
        "occurred_at": naive_utc(event.occurred_at),
        "received_at": naive_utc(received) if received else None,
        "name": personal.get("name"),
        "email": personal.get("email"),
    }


def _refusal_record(first: int, row: Refused) -> dict[str, object]:
    return {
        "ordinal": first + row.line,
        "event_id": row.event_id,
        "reason_code": str(row.reason),
        "sentence": row.sentence,
        "raw_text": row.raw_text,
    }


def _load(
    connection: duckdb.DuckDBPyConnection,
    events: list[dict[str, object]],
    refusals: list[dict[str, object]],
) -> None:
    """Bring events and refusals beside the usage rows."""
    connection.register("events_read", pa.Table.from_pylist(events, schema=_EVENT_SCHEMA))
    connection.register("refusals_read", pa.Table.from_pylist(refusals, schema=_REFUSAL_SCHEMA))
    identity = usage_sql.identity_hash("source", "event_id")
    connection.execute(
        f"""
        create temp table staged_events as
        select
            * exclude (body_hash),
            body_hash as body_text_hash,
            {usage_sql.high(identity)} as identity_high,
            {usage_sql.low(identity)} as identity_low,
            {usage_sql.low("md5_number(body_hash)")} as body_hash
        from events_read;
        insert into staged_refusals select * from refusals_read;
        """
    )


def _per_file(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[int, int]:
    rows = connection.execute(
        f"select {file_of('ordinal')}, count(*) from (select ordinal from {relation}) group by 1"
    ).fetchall()
    return {int(number): int(count) for number, count in rows}
