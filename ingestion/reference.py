"""Snapshots of reference data in the raw store, and the versions made from their hashes.

Belongs here: writing a snapshot, its hash, the reference and policy versions of a run.
Does not: reading or judging the company folder (company) or typing columns (dbt staging).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.canonical import canonical_json, sha256_hex
from core.home import Home
from ingestion import manifest
from ingestion.reference_tables import TABLES
from ingestion.table_columns import Table, snapshot_columns

_ARROW_TYPES = {"VARCHAR": pa.string(), "BIGINT": pa.int64()}


@dataclass(frozen=True, slots=True)
class Versions:
    """Which reference data and which policies a run counted with."""

    reference_version: str
    policy_version: str


def versions(home: Home, head_number: int) -> Versions:
    """Return the versions of the latest snapshots up to a manifest number."""
    hashes = manifest.snapshot_hashes(home, head_number)
    return Versions(_version(hashes, in_company_file=False), _version(hashes, in_company_file=True))


def snapshot_hash(table: Table, rows: Sequence[Mapping[str, str | None]]) -> str:
    """Return the hash of a table's rows, whatever order they are written in."""
    ordered = sorted(canonical_json(dict(row)) for row in rows)
    return sha256_hex(canonical_json([table.name, *ordered]))


def write_snapshot(table: Table, rows: Sequence[Mapping[str, str | None]], target: Path) -> None:
    """Write all rows of a table as one Parquet file."""
    digest = snapshot_hash(table, rows)
    schema = pa.schema([(n, _ARROW_TYPES[kind]) for n, kind in snapshot_columns(table).items()])
    records = [
        dict(row) | {"snapshot_hash": digest, "row_number": number}
        for number, row in enumerate(rows, start=1)
    ]
    pq.write_table(pa.Table.from_pylist(records, schema=schema), target)


def _version(hashes: Mapping[str, str], *, in_company_file: bool) -> str:
    counted = {
        table.name: hashes.get(table.name, "")
        for table in TABLES.values()
        if table.in_company_file == in_company_file
    }
    return sha256_hex(canonical_json(counted))
