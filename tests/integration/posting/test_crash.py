"""Kill -9 at every durable step of sealing, delivering and voiding, then a run.

Whatever the step: the ledger holds the same content, the ERP holds each document once.
"""

from pathlib import Path

import pytest

from posting import batches, ledger, verification, voiding
from posting.states import State
from tests import crash
from tests.posting_books import ENTITY, NOW, Books, account, entry, open_books, totals, world_of

SHOULD = entry("1100", "2100", 1000) + entry(
    "2100", "4000", 400, entry_type="recognition", grain="summary"
)
CHANGED = entry("1100", "2100", 1200) + SHOULD[2:]


def seal_and_deliver(path: Path) -> None:
    """Seal the difference that waits in the warehouse, then deliver: what a run does last."""
    books = open_books(path)
    batches.seal(books.home.warehouse, books.home, world_of(books))
    books.deliver()


def void_changed(path: Path) -> None:
    """Void what was refused and has changed since."""
    books = open_books(path)
    voiding.void_changed_rejections(books.home.warehouse, books.home, books.connectors, NOW)


def prepared(path: Path) -> Books:
    books = open_books(path)
    books.build(SHOULD)
    return books


def rejected(path: Path) -> Books:
    books = open_books(path)
    books.administrator.configure(accounts=[account("1100", is_active=False)])
    books.run(SHOULD)
    books.administrator.configure(accounts=[account("1100")])
    books.build(CHANGED)
    return books


def content(books: Books) -> list[tuple]:
    """Return what the ledger says, apart from which run and batch said it."""
    return books.query(
        "select document_key, content_hash, document_key in (select document_key from ledger.voids)"
        " from ledger.documents order by all"
    )


def assert_posted_once(books: Books, should) -> None:
    books.read_back()
    assert books.posted_totals() == totals(should)
    held_by_erp = [
        key
        for (key,) in books.query(
            "select document_key from exports.erp_documents "
            "group by document_key, erp_document_id order by 1"
        )
    ]
    sealed = [
        key
        for (key,) in books.query(
            "select document_key from ledger.documents "
            "where document_key not in (select document_key from ledger.voids) order by 1"
        )
    ]
    assert held_by_erp == sealed
    assert books.erp.list_drafts(ENTITY) == []
    assert verification.verify(books.home) == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_step_of_sealing_and_delivery_then_run(tmp_path: Path, moment: crash.Moment):
    whole = prepared(tmp_path / "whole")
    steps = crash.count_steps(crash.Call(seal_and_deliver, (whole.home.path,)))
    expected = content(whole)
    assert steps > 8
    assert len(expected) == 2
    for step in range(1, steps + 1):
        books = prepared(tmp_path / str(step))
        crash.kill_at(crash.Call(seal_and_deliver, (books.home.path,)), step, moment)
        report = books.run(SHOULD)
        assert report.states == {State.POSTED: 2}, step
        assert content(books) == expected, step
        assert_posted_once(books, SHOULD)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_any_step_of_voiding_then_run(tmp_path: Path, moment: crash.Moment):
    whole = rejected(tmp_path / "whole")
    steps = crash.count_steps(crash.Call(void_changed, (whole.home.path,)))
    whole.run(CHANGED)
    expected = content(whole)
    assert steps > 4
    for step in range(1, steps + 1):
        books = rejected(tmp_path / str(step))
        crash.kill_at(crash.Call(void_changed, (books.home.path,)), step, moment)
        books.run(CHANGED)
        assert_posted_once(books, CHANGED)
        if content(books) != expected:
            # The void was not yet in the ledger: either the run voids it after all, or it finds
            # the document absent, sends it as it was, and posts the change beside it.
            assert not any(voided for _, _, voided in content(books)), step


def test_killed_before_the_link_leaves_no_batch(tmp_path: Path):
    books = prepared(tmp_path)
    crash.kill_at(crash.Call(seal_and_deliver, (books.home.path,)), 2, "before")
    assert ledger.head_number(books.home) == 0
    assert list(books.home.ledger.glob(".*.tmp")) != []
    books.run(SHOULD)
    assert list(books.home.ledger.glob(".*.tmp")) == []
