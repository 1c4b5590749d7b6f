"""The ledger: numbered, hash-chained Parquet files of everything ever sealed for an ERP.

Belongs here: creating the next file, exactly one at a time; the head; the warehouse's views.
Does not: what goes into a batch (batches), or what became of it in the ERP (outbox).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core import files
from core.canonical import file_sha256
from core.home import Home
from posting import ledger_schema
from posting.errors import LedgerDamagedError, LedgerMovedError

_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBatch:
    """The world a batch was sealed from."""

    batch_number: int
    as_of: datetime
    raw_head: int
    raw_head_hash: str
    code_version: str
    reference_version: str
    policy_version: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """The last file of the ledger, and the last batch sealed (a file may hold voids instead)."""

    number: int
    file_hash: str
    last_batch: SealedBatch | None


def initialise(home: Home) -> None:
    """Create the genesis file, typed and empty, unless the ledger exists."""
    genesis = ledger_file(home, 0)
    if not genesis.exists():
        empty = ledger_schema.file_schema().empty_table()
        files.create_exclusively(genesis, lambda path: write_table(empty, path))


def ledger_file(home: Home, number: int) -> Path:
    """Return where the ledger's file of that number lies, or will lie."""
    return home.ledger / f"{number:0{_DIGITS}d}.parquet"


def ledger_files(home: Home) -> list[Path]:
    """Return the ledger's files, genesis first.

    Raises:
        LedgerDamagedError: a number is missing, so what was sealed is not all there.
    """
    found = sorted(home.ledger.glob("[0-9]" * _DIGITS + ".parquet"))
    for number, path in enumerate(found):
        if int(path.stem) != number:
            raise LedgerDamagedError(
                f"The ledger has no file {number:0{_DIGITS}d}, but it has {path.name}. "
                f"Restore {home.ledger} from the backup before anything is sealed."
            )
    if not found:
        raise LedgerDamagedError(
            f"{home.ledger} holds no ledger. Before the first run there is none. Else name the "
            "right home with --company or --home, or restore the folder from the backup."
        )
    return found


def head_number(home: Home) -> int:
    """Return the number of the ledger's last file."""
    return len(ledger_files(home)) - 1


def read_head(home: Home) -> LedgerHead:
    """Return the head of the ledger: what the next file must follow."""
    found = ledger_files(home)
    return LedgerHead(
        number=len(found) - 1,
        file_hash=file_sha256(found[-1]),
        last_batch=_last_batch(found),
    )


def append(home: Home, *, after: int, make: Callable[[str], pa.Table]) -> str:
    """Create the file after `after`, or refuse: the one commit point of the books.

    Args:
        home: whose ledger.
        after: the number of the head that the content was computed from.
        make: builds the file's rows from the hash of the head file.

    Returns:
        The SHA-256 of the new file.

    Raises:
        LedgerMovedError: somebody else created that number first.
    """
    target = ledger_file(home, after + 1)
    with files.exclusive_lock(home.ledger / ".lock"):
        head = head_number(home)
        if head != after:
            raise _moved(after, head)
        files.sweep_temporaries(home.ledger)
        table = make(file_sha256(ledger_file(home, after)))
        if not files.create_exclusively(target, lambda path: write_table(table, path)):
            raise _moved(after, head_number(home))
        return file_sha256(target)


def verify(home: Home) -> list[str]:
    """Return what is wrong with the files of the ledger and their chain, in sentences."""
    try:
        found = ledger_files(home)
    except LedgerDamagedError as error:
        return [str(error)]
    problems = []
    for previous, path in pairwise(found):
        try:
            rows = pq.read_table(path, columns=["record_type", "previous_hash", "batch_number"])
        except (pa.ArrowInvalid, OSError) as error:
            problems.append(f"Ledger file {path.name} cannot be read: {error}")
            continue
        heads = [row for row in rows.to_pylist() if row["record_type"] in {"batch", "void"}]
        stated = {row["previous_hash"] for row in heads}
        if stated != {file_sha256(previous)}:
            problems.append(
                f"Ledger file {path.name} was sealed over another {previous.name} than the one "
                "that is there: one of the two was changed afterwards."
            )
        if {row["batch_number"] for row in rows.to_pylist()} != {int(path.stem)}:
            problems.append(f"Ledger file {path.name} holds rows of other batches.")
    return problems


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table so that the same rows always give the same bytes."""
    pq.write_table(table, path, compression="zstd", store_schema=False)


def register_views(
    connection: duckdb.DuckDBPyConnection, home: Home, *, head: int | None = None
) -> None:
    """Show the ledger in the schema `ledger` of a warehouse, through its head or through `head`.

    The views name their files one by one: what a warehouse was built from does not change under
    it while another run seals.
    """
    initialise(home)
    found = ledger_files(home)
    shown = found if head is None else found[: head + 1]
    listing = ", ".join(sql_text(str(path)) for path in shown)
    connection.execute("create schema if not exists ledger")
    for view, record_type in ledger_schema.VIEWS.items():
        columns = ",\n    ".join(ledger_schema.RECORDS[record_type])
        connection.execute(
            f"create or replace view ledger.{view} as select {columns}\n"
            f"from read_parquet([{listing}])\nwhere record_type = '{record_type}'"
        )
    connection.execute(
        "create or replace view ledger.sealed_lines as\n"
        "select deltas.* from ledger.deltas as deltas\n"
        "anti join ledger.voids as voids on deltas.document_key = voids.document_key"
    )


def sql_text(value: str) -> str:
    """Quote text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def _last_batch(found: list[Path]) -> SealedBatch | None:
    columns = list(SealedBatch.__dataclass_fields__)
    for path in reversed(found):
        rows = pq.read_table(
            path, columns=columns, filters=[("record_type", "=", "batch")]
        ).to_pylist()
        if rows:
            return SealedBatch(**rows[0])
    return None


def _moved(expected: int, found: int) -> LedgerMovedError:
    return LedgerMovedError(
        f"The difference was computed from ledger file {expected}, but the ledger is at {found}: "
        "another run sealed first. Run again; the difference is computed from the new head."
    )
