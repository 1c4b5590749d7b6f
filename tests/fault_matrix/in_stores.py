"""Faults in what we keep: files that are damaged, lost or belong to another home.

Belongs here: raw/, ledger/ and the control store, spoiled on disk; damaged landed files.
Does not: events with wrong content (in_deliveries to in_documents).
"""

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.company import json_lines, land
from tests.fault_matrix.fault import AFTER, Case, strikes
from tests.fault_matrix.sound_documents import invoice

_fault = strikes("stores", when=AFTER)


def _flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _statement(sql: str) -> Callable[[Case], object]:
    def inject(case: Case) -> None:
        with closing(sqlite3.connect(case.home / "control.db")) as connection, connection:
            if connection.execute(sql).rowcount < 1:
                raise ValueError(f"Nothing was changed by: {sql}")

    return inject


def _cut_gzip(case: Case) -> None:
    whole = gzip.compress(json_lines([invoice("I-9", "S9", "2400.00")]).encode())
    land(case.company, "second/billing/cut.jsonl.gz", whole[: len(whole) // 2])


FAULTS = [
    _fault(
        "a raw file is altered",
        lambda case: _flip(case.home / "raw" / "events" / "000000001.parquet"),
        "verify raw files and their manifest",
    ),
    _fault(
        "a raw file is lost",
        lambda case: (case.home / "raw" / "events" / "000000001.parquet").unlink(),
        "refused SmallerWorldError",
        when="before the run",
    ),
    _fault(
        "the last entry of the manifest is lost",
        lambda case: (case.home / "raw" / "manifest" / "000000001.parquet").unlink(),
        "refused SmallerWorldError",
        when="before the run",
    ),
    _fault(
        "a sealed batch is altered",
        lambda case: _flip(case.home / "ledger" / "000000001.parquet"),
        "verify ledger, outbox and their sums",
    ),
    _fault(
        "the last sealed batch is lost",
        lambda case: (case.home / "ledger" / "000000001.parquet").unlink(),
        "refused LedgerDamagedError",
        when="before the run",
    ),
    _fault(
        "the total of a document is altered in the outbox",
        _statement("update documents set total_minor = total_minor + 1"),
        "verify ledger, outbox and their sums",
    ),
    _fault(
        "the content hash of a document is altered in the outbox",
        _statement(
            "update documents "
            "set content_hash = replace(content_hash, substr(content_hash, 1, 4), 'beef')"
        ),
        "verify ledger, outbox and their sums",
    ),
    _fault(
        "an entry of the audit log is altered",
        _statement("update audit_log set actor = 'nobody' where rowid = 1"),
        "verify audit log",
    ),
    _fault(
        "raw data of another home",
        lambda case: (
            shutil.rmtree(case.home / "raw"),
            shutil.copytree(case.home / "quarantine", case.home / "raw"),
        ),
        "refused SmallerWorldError",
        when="before the run",
    ),
    _fault(
        "a compressed file that stops in the middle",
        _cut_gzip,
        "exception MALFORMED_ROW",
        when="before the run",
    ),
]
