"""Helpers for tests of ingestion: take a company in and look at what came of it.

Belongs here: one ingest, and rows of the raw views as dictionaries.
Does not: company folders (tests.company).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from core.home import Home
from ingestion import manifest, raw_store
from ingestion.company import read_company
from ingestion.landing import IngestResult, ingest

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)


def take_in(company: Path, home: Path, now: datetime = NOW) -> IngestResult:
    """Read the folder and ingest it."""
    return ingest(read_company(company), Home(home), now)


def rows(home: Path, view: str, columns: str = "*", head: int | None = None) -> list[Any]:
    """Return rows of a raw view, sorted; single values when one column is asked for."""
    number = manifest.read_head(Home(home)).number if head is None else head
    with duckdb.connect() as connection:
        raw_store.register_views(connection, Home(home), reference_head=number, events_head=number)
        found = connection.execute(f"select {columns} from raw.{view} order by all").fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def counts(result: IngestResult) -> tuple[int, int, int, int]:
    """Return landed, accepted, duplicate and quarantined."""
    return result.landed, result.accepted, result.duplicate, result.quarantined
