"""Nothing sealed ever changes unseen."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from core.canonical import file_sha256
from posting import audit_log, ledger, verification
from tests.posting_books import Books, entry, open_books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    books = open_books(tmp_path)
    books.run(entry("1100", "2100", 1000))
    books.run(entry("1100", "2100", 1300))
    assert verification.verify(books.home) == []
    return books


def rewrite(books: Books, number: int, change: Callable[[pa.Table], pa.Table]) -> None:
    path = ledger.ledger_file(books.home, number)
    table = change(pq.read_table(path))
    path.unlink()
    ledger.write_table(table, path)


def set_where(table: pa.Table, column: str, record_type: str, value: object) -> pa.Table:
    at = table.column_names.index(column)
    is_record = pc.equal(table.column("record_type"), record_type)
    field = table.schema.field(column)
    new = pc.if_else(is_record, pa.scalar(value, field.type), table.column(column))
    return table.set_column(at, field, new)


def test_changed_amount_breaks_the_chain(books):
    rewrite(books, 1, lambda table: set_where(table, "amount_minor", "journal_line", 999))
    problems = verification.verify(books.home)
    assert "sealed over another 000000001.parquet" in problems[0]


def test_changed_last_file_is_found_though_no_file_follows_it(books):
    rewrite(books, 2, lambda table: set_where(table, "amount_minor", "journal_line", 999))
    problems = "\n".join(verification.verify(books.home))
    assert "is 999 and" in problems
    assert "Ledger file 000000002 is not the one the control store saw" in problems


def test_changed_account_is_found_by_the_content_hash(books):
    rewrite(books, 2, lambda table: set_where(table, "account_code", "journal_line", "7000"))
    assert any("but its lines are" in problem for problem in verification.verify(books.home))


def test_forged_chain_is_found_by_the_control_store(books):
    rewrite(books, 1, lambda table: set_where(table, "run_id", "batch", "forged"))
    forged = file_sha256(ledger.ledger_file(books.home, 1))
    rewrite(books, 2, lambda table: set_where(table, "previous_hash", "batch", forged))
    assert any("control store saw" in problem for problem in verification.verify(books.home))


def test_missing_last_file_is_found(books):
    ledger.ledger_file(books.home, 2).unlink()
    assert any("missing at its end" in problem for problem in verification.verify(books.home))


def test_missing_file_in_the_middle_is_found(books):
    ledger.ledger_file(books.home, 1).unlink()
    assert "has no file 000000001" in verification.verify(books.home)[0]


def test_unreadable_file_is_found(books):
    ledger.ledger_file(books.home, 2).write_bytes(b"PAR1 nothing PAR1")
    assert "cannot be read" in verification.verify(books.home)[0]


def test_delta_that_does_not_sum_to_its_line_is_found(books):
    rewrite(books, 2, lambda table: set_where(table, "functional_amount_minor", "delta", 0))
    assert any("its deltas sum to" in problem for problem in verification.verify(books.home))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("delete from documents where revision = 1", "the outbox does not know it"),
        ("update documents set state = 'voided' where revision = 1", "not voided in the ledger"),
        ("update documents set content_hash = 'x'", "other content in the outbox"),
        ("update documents set total_minor = total_minor + 1", "in the ledger (total_minor)."),
        ("update documents set accounting_period = '2020-01'", "(accounting_period)."),
        ("update documents set needs_approval = not needs_approval", "(needs_approval)."),
        ("update audit_log set actor = 'nobody' where sequence = 3", "is not the one"),
        ("delete from audit_log where sequence = 3", "has no entry 3"),
        (
            "delete from audit_log where sequence = (select max(sequence) from audit_log)",
            "not where it ended last",
        ),
    ],
)
def test_tampered_control_store_is_found(books, statement, problem):
    with sqlite3.connect(books.home.control_db) as connection:
        connection.execute(statement)
    connection.close()
    assert any(problem in found for found in verification.verify(books.home))


def test_every_move_of_a_document_is_in_the_audit_log(books):
    with sqlite3.connect(books.home.control_db) as connection:
        actions = connection.execute(
            "select action from audit_log where subject = "
            "(select document_key from documents where revision = 1) order by sequence"
        ).fetchall()
    connection.close()
    assert [action for (action,) in actions] == [
        "document_prepared",
        "document_sending",
        "document_drafted",
        "document_committing",
        "document_posted",
    ]
    assert audit_log.verify(books.home) == []
