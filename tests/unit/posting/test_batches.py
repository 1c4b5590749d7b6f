"""Sealing: what is cut from the difference, and what is refused."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from posting import batches, ledger, periods
from posting.errors import (
    LedgerMovedError,
    SmallerWorldError,
    UnsealableLinesError,
    WorldMismatchError,
)
from tests.posting_books import ENTITY, ERP, NOW, Books, Line, entry, open_books, world_of


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return open_books(tmp_path)


def test_difference_becomes_one_balanced_document_per_identity(books):
    result = books.seal(entry("1100", "2100", 1000) + entry("1100", "2100", 300, group="C-2"))
    assert (result.batch_number, result.document_count, result.delta_count) == (1, 2, 4)
    assert books.query(
        "select source_document, total_minor, line_count from ledger.documents order by 1"
    ) == [("invoice:INV-C-1", 1000, 2), ("invoice:INV-C-2", 300, 2)]


def test_second_seal_of_the_same_books_seals_nothing(books):
    should = entry("1100", "2100", 1000)
    books.seal(should)
    assert books.seal(should).batch_number is None
    assert ledger.read_head(books.home).number == 1


def test_summary_grain_nets_contracts_into_one_line_per_account(books):
    summary = {"entry_type": "recognition", "grain": "summary"}
    books.seal(
        entry("2100", "4000", 700, **summary) + entry("2100", "4000", 50, group="C-2", **summary)
    )
    assert books.query(
        "select account_code, side, amount_minor from ledger.journal_lines order by line_number"
    ) == [("2100", "debit", 750), ("4000", "credit", 750)]
    assert books.query("select count(*), count(distinct line_number) from ledger.deltas") == [
        (4, 2)
    ]


def test_change_of_a_sealed_document_becomes_its_next_revision_with_the_difference_only(books):
    books.seal(entry("1100", "2100", 1000))
    books.seal(entry("1100", "2100", 900))
    assert books.query("select revision, total_minor from ledger.documents order by 1") == [
        (1, 1000),
        (2, 100),
    ]
    assert books.query(
        "select account_code, sum(amount_minor)::bigint from ledger.sealed_lines group by 1 "
        "order by 1"
    ) == [("1100", 900), ("2100", -900)]


def test_deltas_that_net_to_zero_are_sealed_without_a_document(books):
    summary = {"entry_type": "recognition", "grain": "summary"}
    should = entry("2100", "4000", 700, **summary) + entry(
        "2100", "4000", -700, group="C-2", **summary
    )
    result = books.seal(should)
    assert (result.document_count, result.delta_count) == (0, 4)
    assert books.query("select distinct document_key, line_number from ledger.deltas") == [
        (None, None)
    ]
    assert books.seal(should).batch_number is None


def test_line_that_nets_to_zero_stays_out_of_its_document(books):
    summary = {"entry_type": "recognition", "grain": "summary"}
    books.seal(
        entry("2100", "4000", 700, **summary) + entry("1200", "2100", 700, group="C-2", **summary)
    )
    assert books.query("select account_code from ledger.journal_lines order by 1") == [
        ("1200",),
        ("4000",),
    ]
    assert (
        books.query(
            "select account_code, line_number, document_key is null from ledger.deltas "
            "where account_code = '2100'"
        )
        == [("2100", None, False)] * 2
    )


def test_amounts_on_opposite_sides_are_split_into_two_lines(books):
    fx = {"currency": "EUR", "entry_type": "payment"}
    books.seal(
        [
            Line(account="1100", amount=100, functional=-5, **fx),
            Line(account="2100", amount=-100, functional=5, **fx),
        ]
    )
    assert books.query(
        "select account_code, side, amount_minor, functional_amount_minor "
        "from ledger.journal_lines order by line_number"
    ) == [
        ("1100", "debit", 100, 0),
        ("1100", "credit", 0, 5),
        ("2100", "credit", 100, 0),
        ("2100", "debit", 0, 5),
    ]
    assert books.query(
        "select line_number, amount_minor, functional_amount_minor from ledger.deltas "
        "order by line_number"
    ) == [(1, 100, 0), (2, 0, -5), (3, -100, 0), (4, 0, 5)]


def test_held_differences_are_written_down_but_not_sealed(books):
    held = entry("1100", "2100", 55, group="C-9", hold_code="GL_MAPPING_MISSING")
    result = books.seal(entry("1100", "2100", 1000) + held)
    assert result.held_count == 2
    assert books.query(
        "select contract_id, hold_code, amount_minor from ledger.held order by amount_minor"
    ) == [("C-9", "GL_MAPPING_MISSING", -55), ("C-9", "GL_MAPPING_MISSING", 55)]


def test_hold_on_sealed_lines_reverses_nothing(books):
    books.seal(entry("1100", "2100", 1000))
    held = [replace(line, hold_code="CUSTOMER_INACTIVE") for line in entry("1100", "2100", 0)]
    assert books.seal(held).batch_number is None


def test_micro_batch_leaves_the_daily_types_alone_and_remembers_them(books):
    daily = entry(
        "2100", "4000", 20, group="C-2", entry_type="recognition", grain="summary", cadence="daily"
    )
    result = books.seal(entry("1100", "2100", 1000) + daily, scope="immediate")
    assert (result.delta_count, result.held_count) == (2, 2)
    assert books.query("select distinct hold_code from ledger.held") == [("AWAITS_DAILY_RUN",)]


def test_document_above_the_limit_needs_approval_by_the_most_specific_limit(books):
    books.limits = [("*", "*", "5.00"), (ENTITY, "*", "1000.00"), (ENTITY, "payment", "0.50")]
    books.seal(
        entry("1100", "2100", 100_000)
        + entry("1100", "2100", 100_001, group="C-2")
        + entry("1100", "2100", 51, group="C-3", entry_type="payment")
    )
    assert books.query(
        "select total_minor, needs_approval from ledger.documents order by total_minor"
    ) == [(51, True), (100_000, False), (100_001, True)]


def test_group_that_does_not_balance_is_refused_with_both_numbers(books):
    with pytest.raises(UnsealableLinesError, match="off by 1 USD and 1 USD"):
        books.seal([Line(account="1100", amount=100), Line(account="2100", amount=-99)])
    assert ledger.read_head(books.home).number == 0


def test_line_without_an_account_is_refused(books):
    world = books.build(entry("1100", "2100", 100))
    with duckdb.connect(str(books.home.warehouse)) as connection:
        connection.execute("update journals.proposed_lines set account_code = null")
    with pytest.raises(UnsealableLinesError, match="has no account"):
        batches.seal(books.home.warehouse, books.home, world)


def test_period_closed_while_the_books_were_built_is_refused(books):
    world = books.build(entry("1100", "2100", 100))
    other = open_books(books.home.path)
    other.build([], path=books.home.path / "other.duckdb")
    periods.close(
        books.home, books.home.path / "other.duckdb", ERP, ENTITY, "2026-02", by="ann", now=NOW
    )
    with pytest.raises(UnsealableLinesError, match="2026-02 of NW-US was closed"):
        batches.seal(books.home.warehouse, books.home, world)


def test_older_instant_is_refused(books):
    books.seal(entry("1100", "2100", 1000))
    with pytest.raises(SmallerWorldError, match="are older than batch 1"):
        books.seal([], as_of=NOW - timedelta(days=1))


def test_missing_raw_entry_is_refused(books):
    books.raw_hashes = {1: "hash-1", 2: "hash-2"}
    books.seal(entry("1100", "2100", 1000))
    books.raw_hashes = {1: "hash-1"}
    with pytest.raises(SmallerWorldError, match="raw entry 2, which is missing"):
        books.seal([])


def test_raw_entry_with_other_content_is_refused(books):
    books.seal(entry("1100", "2100", 1000))
    books.raw_hashes = {1: "another home", 2: "hash-2"}
    with pytest.raises(SmallerWorldError, match="raw entry 1, which has other content"):
        books.seal([])


def test_scratch_warehouse_is_never_sealed_from(books):
    world = books.build(entry("1100", "2100", 100), path=books.home.scratch_warehouse)
    with pytest.raises(SmallerWorldError, match="scratch"):
        batches.seal(books.home.scratch_warehouse, books.home, world)


def test_difference_from_an_older_head_is_refused(books):
    should = entry("1100", "2100", 1000)
    world = books.build(should)
    books.seal(should)
    with pytest.raises(LedgerMovedError, match="ledger file 0, but the ledger is at 1"):
        batches.seal(books.home.warehouse, books.home, world)


def test_warehouse_of_another_world_is_refused(books):
    world = books.build(entry("1100", "2100", 1000))
    with pytest.raises(WorldMismatchError):
        batches.seal(books.home.warehouse, books.home, replace(world, code_version="code-2"))


def test_same_world_seals_the_same_bytes(tmp_path):
    hashes = set()
    for name in ("one", "two"):
        books = open_books(tmp_path / name)
        should = [
            line for number in range(50) for line in entry("1100", "2100", 7, group=f"C-{number}")
        ]
        hashes.add(books.seal(should if name == "one" else should[::-1]).file_hash)
    assert len(hashes) == 1


def test_hundred_thousand_deltas_seal_in_seconds(books):
    books.build(entry("2100", "4000", 1, entry_type="recognition", grain="summary"))
    with duckdb.connect(str(books.home.warehouse)) as connection:
        connection.execute(
            "create table journals.many as select lines.* replace ("
            "lines.subledger_line_key || '|' || number as subledger_line_key, "
            "lines.entry_group_key || '|' || number as entry_group_key) "
            "from journals.proposed_lines as lines, range(50000) as numbers (number)"
        )
        connection.execute("drop table journals.proposed_lines")
        connection.execute("alter table journals.many rename to proposed_lines")
    world = world_of(books)
    began = time.process_time()
    result = batches.seal(books.home.warehouse, books.home, world)
    assert result.delta_count == 100_000
    assert time.process_time() - began < 5
    assert books.query("select total_minor from ledger.documents") == [(50_000,)]
