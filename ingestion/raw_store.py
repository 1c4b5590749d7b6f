"""The append-only Parquet files of `raw/` and `quarantine/`, and the views over them.

Belongs here: file names, typed empty first files, sweeping what no manifest entry owns.
Does not: their columns (raw_columns), what is accepted (landing), what the numbers mean (manifest).
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import duckdb

from core.files import create_exclusively, move_into_place, sweep_temporaries
from core.home import Home
from ingestion.raw_columns import (
    CORRECTED_USAGE_COLUMNS,
    EVENT_COLUMNS,
    IDENTITY_COLUMNS,
    MANIFEST_COLUMNS,
    QUARANTINE_COLUMNS,
    REPLAY_COLUMNS,
    SUBJECT_COLUMNS,
    USAGE_COLUMNS,
    USAGE_CORRECTION_COLUMNS,
)
from ingestion.reference_tables import TABLES
from ingestion.table_columns import snapshot_columns

GENESIS_DAY = "1970-01-01"  # the partition of the typed empty usage file


def file_name(number: int) -> str:
    """Return the name every file of one manifest number has."""
    return f"{number:09d}.parquet"


def manifest_path(home: Home, number: int) -> Path:
    """Return the file whose creation commits an ingest."""
    return home.raw / "manifest" / file_name(number)


def events_path(home: Home, number: int) -> Path:
    """Return the business events accepted by an ingest."""
    return home.raw / "events" / file_name(number)


def usage_path(home: Home, day: str, number: int) -> Path:
    """Return the usage of one UTC day accepted by an ingest."""
    return home.raw / "usage" / f"usage_day={day}" / file_name(number)


def usage_corrections_path(home: Home, number: int) -> Path:
    """Return the corrections of usage events accepted by an ingest."""
    return home.raw / "usage_corrections" / file_name(number)


def corrected_usage_path(home: Home, number: int) -> Path:
    """Return the usage events that count no more since an ingest."""
    return home.raw / "corrected_usage" / file_name(number)


def identities_path(home: Home, number: int) -> Path:
    """Return the identities an ingest accepted."""
    return home.raw / "identities" / file_name(number)


def reference_path(home: Home, table: str, number: int) -> Path:
    """Return a whole snapshot of a reference table."""
    return home.raw / "reference" / table / file_name(number)


def quarantine_path(home: Home, number: int) -> Path:
    """Return what an ingest did not accept."""
    return home.quarantine / file_name(number)


def replays_path(home: Home, number: int) -> Path:
    """Return which rows of the quarantine were read again, and what became of each."""
    return home.quarantine / "replays" / file_name(number)


def subjects_path(home: Home, number: int) -> Path:
    """Return the personal fields that came with an ingest."""
    return home.vault / "subjects" / file_name(number)


def landed_hashes_path(home: Home) -> Path:
    """Return the file that remembers the hashes of landed files; it may be deleted at will."""
    return home.raw / ".landed_hashes.json"


def work_folder(home: Home) -> Path:
    """Return the folder of scratch files; it is emptied at the start of every ingest."""
    return home.raw / ".work"


def copy_statement(query: str, target: Path) -> str:
    """Return the statement that writes a query's rows to a Parquet file."""
    return f"copy ({query}) to {quote(target)} (format parquet)"


def copy_by_day_statement(query: str, folder: Path) -> str:
    """Return the statement that writes a query's rows to one Parquet file per `usage_day`."""
    return f"copy ({query}) to {quote(folder)} (format parquet, partition_by (usage_day))"


def place_usage(home: Home, finished: Path, number: int) -> Path:
    """Give the finished file of one day its place in the raw store, and return that."""
    path = home.raw / "usage" / finished.parent.name / file_name(number)
    move_into_place(finished, path)
    return path


def quote(text: object) -> str:
    """Return a text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def initialise(home: Home) -> None:
    """Create the typed empty first file of every store, where it is not there yet."""
    stores = {
        events_path(home, 0): EVENT_COLUMNS,
        usage_path(home, GENESIS_DAY, 0): USAGE_COLUMNS,
        usage_corrections_path(home, 0): USAGE_CORRECTION_COLUMNS,
        corrected_usage_path(home, 0): CORRECTED_USAGE_COLUMNS,
        identities_path(home, 0): IDENTITY_COLUMNS,
        quarantine_path(home, 0): QUARANTINE_COLUMNS,
        replays_path(home, 0): REPLAY_COLUMNS,
        subjects_path(home, 0): SUBJECT_COLUMNS,
    }
    for table in TABLES.values():
        stores[reference_path(home, table.name, 0)] = snapshot_columns(table)
    stores[manifest_path(home, 0)] = MANIFEST_COLUMNS
    missing = {path: columns for path, columns in stores.items() if not path.exists()}
    if not missing:
        return
    with duckdb.connect() as connection:
        for path, columns in missing.items():
            create_exclusively(path, lambda to, c=columns: _write_empty(connection, to, c))


def sweep(home: Home, head: int) -> None:
    """Remove what an ingest left behind that died before its manifest entry.

    Call it only under the ingest lock.
    """
    for folder in (home.raw, home.quarantine, home.vault):
        sweep_temporaries(folder)
    for path in _numbered_files(home):
        if int(path.stem) > head:
            path.unlink()
    rmtree(work_folder(home), ignore_errors=True)


def register_views(
    connection: duckdb.DuckDBPyConnection, home: Home, *, reference_head: int, events_head: int
) -> None:
    """Create the schema `raw`: views over what was known at two manifest numbers.

    Args:
        connection: A connection that may write the warehouse.
        home: Whose raw store.
        reference_head: Reference data up to and including this number counts.
        events_head: Events, usage and quarantine up to and including this number count.
    """
    initialise(home)
    connection.execute("create schema if not exists raw")
    corrections, corrected = home.raw / "usage_corrections", home.raw / "corrected_usage"
    usage = quote(home.raw.resolve() / "usage" / "*" / "*.parquet")
    views = {
        "events": _read(home.raw / "events", EVENT_COLUMNS, events_head),
        "usage_corrections": _read(corrections, USAGE_CORRECTION_COLUMNS, events_head),
        "corrected_usage": _read(corrected, CORRECTED_USAGE_COLUMNS, events_head),
        "identities": _read(home.raw / "identities", IDENTITY_COLUMNS, events_head),
        "quarantine": _read(home.quarantine, QUARANTINE_COLUMNS, events_head),
        "replays": _read(home.quarantine / "replays", REPLAY_COLUMNS, events_head),
        "manifest": _read(
            home.raw / "manifest", MANIFEST_COLUMNS, max(events_head, reference_head)
        ),
        "usage": (
            "select manifest_number, source, event_id, subject, meter_code, quantity, "
            "occurred_at, received_at, known_at, usage_day, properties, landed_path, landed_line "
            f"from read_parquet({usage}, hive_partitioning = true, "
            f"hive_types = {{'usage_day': date}}) where manifest_number <= {events_head}"
        ),
    }
    for table in TABLES.values():
        path = latest_snapshot(home, table.name, reference_head)
        columns = ", ".join(snapshot_columns(table))
        views[f"reference_{table.name}"] = (
            f"select {columns} from read_parquet({quote(path.resolve())})"
        )
    for name, query in views.items():
        connection.execute(f"create or replace view raw.{name} as {query}")


def latest_snapshot(home: Home, table: str, head: int) -> Path:
    """Return the last snapshot of a reference table up to a manifest number."""
    folder = reference_path(home, table, 0).parent
    numbers = [int(path.stem) for path in folder.glob("[0-9]*.parquet")]
    return reference_path(home, table, max((n for n in numbers if n <= head), default=0))


def _read(folder: Path, columns: dict[str, str], head: int) -> str:
    pattern = quote(folder.resolve() / "*.parquet")
    names = ", ".join(columns)
    return f"select {names} from read_parquet({pattern}) where manifest_number <= {head}"


def _numbered_files(home: Home) -> Iterator[Path]:
    for folder in (home.raw, home.quarantine, home.vault):
        yield from sorted(folder.rglob("[0-9]*.parquet"))


def _write_empty(
    connection: duckdb.DuckDBPyConnection, target: Path, columns: dict[str, str]
) -> None:
    fields = ", ".join(f"null::{kind} as {name}" for name, kind in columns.items())
    connection.execute(copy_statement(f"select {fields} limit 0", target))
