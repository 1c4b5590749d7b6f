"""The manifest: which landed file became which raw files, hash-chained; its last entry is the head.

Belongs here: writing the entry that commits an ingest, reading heads, proving the chain.
Does not: producing the raw files (landing) or sweeping what no entry owns (raw_store).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core.canonical import canonical_json, file_sha256, sha256_hex
from core.errors import TieoutError
from core.files import create_exclusively
from core.home import Home
from core.spans import format_instant, naive_utc
from ingestion.raw_columns import MANIFEST_COLUMNS
from ingestion.raw_store import manifest_path, quote

GENESIS_HASH = sha256_hex("tieout raw manifest 0")
_ARROW_TYPES = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "TIMESTAMP": pa.timestamp("us")}
_SCHEMA = pa.schema([(name, _ARROW_TYPES[kind]) for name, kind in MANIFEST_COLUMNS.items()])


class ManifestError(TieoutError):
    """The manifest is not what an ingest or a question needs it to be."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the manifest; number 0 is the empty store."""

    number: int
    entry_hash: str
    known_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One landed file, one reference snapshot or one count that a source states, of an entry."""

    entry_kind: str
    source: str | None
    landed_path: str
    landed_sha256: str
    landed_count: int
    accepted_count: int
    duplicate_count: int
    quarantined_count: int
    table_name: str | None = None
    files: tuple[tuple[str, str], ...] = ()  # path below the home, SHA-256

    def __post_init__(self) -> None:
        accounted = self.accepted_count + self.duplicate_count + self.quarantined_count
        if self.landed_count != accounted:
            raise ManifestError(
                f"{self.landed_path}: {self.landed_count} rows landed, but {self.accepted_count} "
                f"accepted + {self.duplicate_count} duplicate + {self.quarantined_count} "
                f"quarantined = {accounted}. Nothing was committed; please report this file."
            )


def read_head(home: Home) -> Head:
    """Return the last committed entry."""
    numbers = _numbers(home)
    return _head(home, max(numbers, default=0))


def head_as_of(home: Home, as_of: datetime) -> Head:
    """Return the last entry known at an instant."""
    if not _numbers(home):
        return _head(home, 0)
    with duckdb.connect() as connection:
        number = connection.execute(
            f"select max(manifest_number) from read_parquet({_pattern(home)}) where known_at <= ?",
            [naive_utc(as_of)],
        ).fetchone()
    return _head(home, (number[0] if number else 0) or 0)


def entry_hash(home: Home, number: int) -> str:
    """Return the hash of an entry, which stands for everything up to it.

    Raises:
        ManifestError: the entry does not exist.
    """
    return _head(home, number).entry_hash


def seen_files(home: Home) -> dict[tuple[str | None, str], dict[str, int]]:
    """Return every landed file by (source, SHA-256): its paths and how many rows it had."""
    if not _numbers(home):
        return {}
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select source, landed_sha256, landed_path, landed_count "
            f"from read_parquet({_pattern(home)}) where entry_kind = 'landing' "
            "order by manifest_number, landed_path"
        ).fetchall()
    seen: dict[tuple[str | None, str], dict[str, int]] = {}
    for source, sha256, path, count in rows:
        seen.setdefault((source, sha256), {})[path] = count
    return seen


def snapshot_hashes(home: Home, head: int) -> dict[str, str]:
    """Return the hash of the latest snapshot of every reference table up to an entry."""
    if not _numbers(home):
        return {}
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select table_name, landed_sha256 from read_parquet({_pattern(home)}) "
            "where entry_kind = 'reference' and manifest_number <= ? order by manifest_number",
            [head],
        ).fetchall()
    return dict(rows)


def stated_counts(home: Home) -> dict[str, str]:
    """Return for each file a source stated a count of the hash of the last statement."""
    if not _numbers(home):
        return {}
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select landed_path, landed_sha256 from read_parquet({_pattern(home)}) "
            "where entry_kind = 'stated' order by manifest_number"
        ).fetchall()
    return dict(rows)


def commit(home: Home, previous: Head, known_at: datetime, rows: Sequence[Row]) -> Head:
    """Append an entry: the commit point of an ingest.

    Raises:
        ManifestError: the entry exists already, so another ingest was first.
    """
    number = previous.number + 1
    moment = naive_utc(known_at)
    records = [
        {"manifest_number": number}
        | {k: v for k, v in asdict(row).items() if k != "files"}
        | {"known_at": moment, "files": _files_json(row)}
        for row in rows
    ]
    digest = _hash(previous.entry_hash, records)
    chained = [r | {"previous_hash": previous.entry_hash, "entry_hash": digest} for r in records]
    table = pa.Table.from_pylist(chained, schema=_SCHEMA)
    if not create_exclusively(manifest_path(home, number), lambda to: pq.write_table(table, to)):
        raise ManifestError(
            f"Manifest entry {number} was written by another ingest while this one worked. "
            "Nothing of this one counts; run it again."
        )
    return Head(number, digest, known_at)


def verify(home: Home) -> list[str]:
    """Check the chain and every file it names; return what is wrong, in sentences."""
    problems: list[str] = []
    numbers = _numbers(home)
    previous = GENESIS_HASH
    for number in range(1, max(numbers, default=0) + 1):
        if number not in numbers:
            problems.append(
                f"Raw manifest entry {number} is missing. Restore {manifest_path(home, number)}."
            )
            previous = ""
            continue
        records = _records(home, number)
        stated = records[0]["entry_hash"] if records else ""
        if not records or stated != _hash(records[0]["previous_hash"], records):
            problems.append(
                f"Raw manifest entry {number} was changed after it was written: its content does "
                "not give its hash. Restore the file from the backup."
            )
        if records and previous and records[0]["previous_hash"] != previous:
            problems.append(
                f"Raw manifest entry {number} does not follow entry {number - 1}: the chain is "
                "broken there. Restore both from the backup."
            )
        previous = stated
        for record in records:
            problems += _file_problems(home, number, record)
    return problems


def missing(home: Home) -> list[str]:
    """Return which entries and files are not there, in sentences: quick, for every run."""
    numbers = _numbers(home)
    gaps = sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)
    problems = [
        f"Raw manifest entry {number} is missing. Restore {manifest_path(home, number)}."
        for number in gaps
    ]
    if not numbers:
        return problems
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select manifest_number, files from read_parquet({_pattern(home)}) order by all"
        ).fetchall()
    return problems + [
        _missing_file(file["path"], number)
        for number, files in rows
        for file in json.loads(files)
        if not (home.path / file["path"]).exists()
    ]


def with_files(row: Row, home: Home, paths: Sequence[Path]) -> Row:
    """Return a row that owns these raw files, with their hashes."""
    named = tuple((path.relative_to(home.path).as_posix(), file_sha256(path)) for path in paths)
    return replace(row, files=row.files + named)


def _file_problems(home: Home, number: int, record: dict[str, Any]) -> list[str]:
    problems = []
    for file in json.loads(record["files"]):
        path = home.path / file["path"]
        if not path.exists():
            problems.append(_missing_file(file["path"], number))
        elif (found := file_sha256(path)) != file["sha256"]:
            problems.append(
                f"{file['path']} of raw manifest entry {number} was changed: SHA-256 {found}, "
                f"registered {file['sha256']}. Restore it from the backup."
            )
    return problems


def _missing_file(path: str, number: int) -> str:
    return (
        f"{path} of raw manifest entry {number} is missing. Restore it from the backup; until "
        "then the books are not complete and nothing can be posted."
    )


def _head(home: Home, number: int) -> Head:
    if number == 0:
        return Head(0, GENESIS_HASH, None)
    path = manifest_path(home, number)
    if not path.exists():
        raise ManifestError(
            f"Raw manifest entry {number} does not exist in {home.raw}. Is this the right home? "
            "If it is, restore raw/ from the backup."
        )
    record = _records(home, number)[0]
    return Head(number, record["entry_hash"], record["known_at"].replace(tzinfo=UTC))


def _records(home: Home, number: int) -> list[dict[str, Any]]:
    return pq.read_table(manifest_path(home, number)).to_pylist()


def _numbers(home: Home) -> set[int]:
    folder = manifest_path(home, 0).parent
    return {int(path.stem) for path in folder.glob("[0-9]*.parquet")}


def _pattern(home: Home) -> str:
    return quote(manifest_path(home, 0).parent / "*.parquet")


def _files_json(row: Row) -> str:
    return canonical_json([{"path": path, "sha256": sha256} for path, sha256 in row.files])


def _hash(previous: str, records: Sequence[dict[str, Any]]) -> str:
    content = [
        {k: v for k, v in record.items() if k not in {"previous_hash", "entry_hash"}}
        | {"known_at": format_instant(record["known_at"].replace(tzinfo=UTC))}
        for record in records
    ]
    return sha256_hex(canonical_json({"previous_hash": previous, "rows": content}))
