"""One ingest: what landed becomes raw files, and one manifest entry commits all of it.

Belongs here: the order of an ingest: lock, sweep, choose, stage, write, commit.
Does not: reading rows (staging, sources), rules of identity (identities), the clock (handed in).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from core.files import exclusive_lock, write_atomically
from core.home import Home
from core.spans import naive_utc
from ingestion import corrections, identities, manifest, quarantine, raw_store, vault
from ingestion.company import Company
from ingestion.manifest import Head, ManifestError, Row
from ingestion.ordinals import file_of, line_of
from ingestion.raw_store import copy_statement, quote
from ingestion.reference import snapshot_hash, write_snapshot
from ingestion.reference_tables import TABLES
from ingestion.sources.landed_files import (
    LandedFile,
    StatedCount,
    split_stated,
    visible_files,
)
from ingestion.sources.landed_hashes import remembered_hashes
from ingestion.staging import FileCount, staged


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What an ingest did; nothing new gives the head that was there and no files."""

    manifest_number: int
    files: tuple[FileCount, ...]
    reference_tables: tuple[str, ...]

    @property
    def landed(self) -> int:
        """Return how many rows landed."""
        return sum(file.landed for file in self.files)

    @property
    def accepted(self) -> int:
        """Return how many rows are new and good."""
        return sum(file.accepted for file in self.files)

    @property
    def duplicate(self) -> int:
        """Return how many rows had come before with the same body."""
        return sum(file.duplicate for file in self.files)

    @property
    def quarantined(self) -> int:
        """Return how many rows were not accepted."""
        return sum(file.quarantined for file in self.files)


def ingest(company: Company, home: Home, now: datetime) -> IngestResult:
    """Take in everything that has landed and every changed reference table.

    Args:
        company: The company folder, read.
        home: Where the raw store is.
        now: The instant of the run; files of later demo arrivals are not seen yet.

    Raises:
        ManifestError: rows of a file are not accounted for; nothing was committed.
    """
    with exclusive_lock(home.raw / ".ingest.lock"):
        raw_store.initialise(home)
        head = manifest.read_head(home)
        raw_store.sweep(home, head.number)
        hashes = remembered_hashes(raw_store.landed_hashes_path(home))
        landed, stated = split_stated(visible_files(company, now, hashes))
        hashes.save()
        redelivered, new = _choose_files(home, landed)
        changed = _changed_tables(company, home, head)
        known = manifest.stated_counts(home)
        stated = [each for each in stated if known.get(each.landed_path) != each.sha256]
        if not (redelivered or new or changed or stated):
            return IngestResult(manifest_number=head.number, files=(), reference_tables=())
        known_at = max(now, head.known_at) if head.known_at else now
        number = head.number + 1
        with staged(home, new, head.number, now) as (connection, read):
            counts = [*read, *redelivered]
            rows = [landing_row(count) for count in counts]
            written = write_raw(connection, home, number, known_at)
        if rows:
            rows[0] = manifest.with_files(rows[0], home, written)
        rows += [_land_snapshot(company, home, name, number) for name in changed]
        rows += [_stated_row(each) for each in stated]
        committed = manifest.commit(home, head, known_at, rows)
        return IngestResult(
            manifest_number=committed.number,
            files=tuple(counts),
            reference_tables=tuple(changed),
        )


def _choose_files(
    home: Home, landed: Sequence[LandedFile]
) -> tuple[list[FileCount], list[LandedFile]]:
    """Leave out what was read before; a known file under a new path is all duplicates."""
    seen = manifest.seen_files(home)
    redelivered: list[FileCount] = []
    new: dict[tuple[str | None, str], LandedFile] = {}
    again: list[LandedFile] = []
    for file in landed:
        paths = seen.get((file.source_name, file.sha256))
        if paths is None and (file.source_name, file.sha256) in new:
            again.append(file)
        elif paths is None:
            new[file.source_name, file.sha256] = file
        elif file.landed_path not in paths:
            redelivered.append(_all_duplicates(file, next(iter(paths.values()))))
    return redelivered, [*new.values(), *again]


def _all_duplicates(file: LandedFile, landed: int) -> FileCount:
    return FileCount(
        landed_path=file.landed_path,
        source=file.source_name,
        sha256=file.sha256,
        landed=landed,
        accepted=0,
        duplicate=landed,
        quarantined=0,
    )


def _changed_tables(company: Company, home: Home, head: Head) -> list[str]:
    known = manifest.snapshot_hashes(home, head.number)
    changed = []
    for table in TABLES.values():
        rows = [row.values for row in company.tables[table.name]]
        if known.get(table.name) != snapshot_hash(table, rows) and (rows or table.name in known):
            changed.append(table.name)
    return changed


def _land_snapshot(company: Company, home: Home, name: str, number: int) -> Row:
    table = TABLES[name]
    rows = [row.values for row in company.tables[name]]
    path = raw_store.reference_path(home, name, number)
    write_atomically(path, lambda to: write_snapshot(table, rows, to))
    row = Row(
        entry_kind="reference",
        source=None,
        landed_path=table.landed_path,
        landed_sha256=snapshot_hash(table, rows),
        landed_count=len(rows),
        accepted_count=len(rows),
        duplicate_count=0,
        quarantined_count=0,
        table_name=name,
    )
    return manifest.with_files(row, home, [path])


def landing_row(count: FileCount, entry_kind: str = "landing") -> Row:
    """Return the manifest row of a file; it refuses counts that do not add up."""
    return Row(
        entry_kind=entry_kind,
        source=count.source,
        landed_path=count.landed_path,
        landed_sha256=count.sha256,
        landed_count=count.landed,
        accepted_count=count.accepted,
        duplicate_count=count.duplicate,
        quarantined_count=count.quarantined,
    )


def _stated_row(stated: StatedCount) -> Row:
    """Return the manifest row of a count that a source states; models compare it with the file."""
    return Row(
        entry_kind="stated",
        source=stated.source_name,
        landed_path=stated.landed_path,
        landed_sha256=stated.sha256,
        landed_count=stated.count,
        accepted_count=stated.count,
        duplicate_count=0,
        quarantined_count=0,
    )


def write_raw(
    connection: duckdb.DuckDBPyConnection, home: Home, number: int, known_at: datetime
) -> list[Path]:
    """Write what is staged; return the files the manifest entry will own."""
    moment = _timestamp(known_at)
    written = _write_usage(connection, home, number, moment)
    stores = (
        (
            raw_store.usage_corrections_path(home, number),
            corrections.accepted_corrections(number, moment),
        ),
        (raw_store.corrected_usage_path(home, number), corrections.newly_corrected(number, moment)),
        (raw_store.events_path(home, number), _events(number, moment)),
        (raw_store.identities_path(home, number), identities.accepted_identities(number)),
        (raw_store.quarantine_path(home, number), quarantine.refused_rows(number, moment)),
    )
    for path, query in stores:
        if _copy(connection, query, path):
            written.append(path)
    subjects = vault.accepted_subjects(number, moment)
    _copy(connection, subjects, raw_store.subjects_path(home, number))
    return written


def write_replays(
    connection: duckdb.DuckDBPyConnection, home: Home, number: int, known_at: datetime
) -> list[Path]:
    """Write what became of the rows in `replays_done`."""
    query = (
        f"select manifest_number, * exclude (manifest_number), {_timestamp(known_at)} as known_at"
        " from replays_done order by landed_path, landed_line"
    )
    path = raw_store.replays_path(home, number)
    return [path] if _copy(connection, query, path) else []


def _write_usage(
    connection: duckdb.DuckDBPyConnection, home: Home, number: int, known_at: str
) -> list[Path]:
    """Write accepted usage, one file per UTC day.

    Raises:
        ManifestError: the files do not hold the rows that were accepted.
    """
    query = f"""
        select
            {number}::bigint as manifest_number, accepted_usage.source, event_id, subject,
            meter_code, quantity, occurred_at, received_at,
            {known_at} as known_at, properties, landed_path,
            {line_of("ordinal")} as landed_line, usage_day
        from accepted_usage
        inner join staged_files on {file_of("ordinal")} = file_number
        where cancels is null
    """
    days = raw_store.work_folder(home) / "days"
    connection.execute(raw_store.copy_by_day_statement(query, days))
    finished = [_one_file(connection, day) for day in sorted(days.glob("*"))]
    written = sum(pq.read_metadata(path).num_rows for path in finished)
    row = connection.execute("select count(*) from accepted_usage where cancels is null").fetchone()
    accepted = int(row[0]) if row else 0
    if written != accepted:
        raise ManifestError(
            f"{written} usage rows were written and {accepted} accepted. Nothing was committed; "
            "run again."
        )
    return [raw_store.place_usage(home, path, number) for path in finished]


def _one_file(connection: duckdb.DuckDBPyConnection, day: Path) -> Path:
    """Return the one file of a day: of many days at once the engine writes some in pieces."""
    pieces = sorted(day.iterdir())
    if len(pieces) == 1:
        return pieces[0]
    whole = day / "whole.parquet"
    query = f"select * from read_parquet({quote(day / '*.parquet')}, hive_partitioning = false)"
    connection.execute(copy_statement(query, whole))
    return whole


def _events(number: int, known_at: str) -> str:
    return f"""
        select
            {number}::bigint as manifest_number, event_key, accepted_events.source, event_id,
            event_type, schema_version, subject, occurred_at, received_at,
            {known_at} as known_at, correlation_id, causation_id, data,
            body_text_hash as body_hash, landed_path, {line_of("ordinal")} as landed_line
        from accepted_events
        inner join staged_files on {file_of("ordinal")} = file_number
        order by ordinal
    """


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write a query's rows, unless there are none; return how many."""
    if connection.execute(f"select 1 from ({query}) limit 1").fetchone() is None:
        return 0
    return _write(connection, query, path)


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write a query's rows; return how many."""
    counts: list[int] = []
    write_atomically(path, lambda to: counts.append(_copied(connection, query, to)))
    return counts[0]


def _copied(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    row = connection.execute(copy_statement(query, target)).fetchone()
    return int(row[0]) if row else 0


def _timestamp(instant: datetime) -> str:
    return f"timestamp '{naive_utc(instant).isoformat(sep=' ')}'"
