"""Voiding: only what is proven absent, and what comes back is the next revision."""

from datetime import timedelta
from pathlib import Path

import pytest

from posting import ledger, outbox, outbox_rows, sealed_documents, store, verification, voiding
from posting.connectors.rendering import journal_doc
from posting.errors import NotProvenAbsentError
from posting.outbox_rows import Move
from posting.states import State
from tests.faults import AFTER, BEFORE, PASS, FaultyConnector
from tests.posting_books import ENTITY, ERP, NOW, Books, account, entry, open_books, totals

SHOULD = entry("1100", "2100", 1000)
CHANGED = entry("1100", "2100", 1200)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return open_books(tmp_path)


def reject(books: Books, should=SHOULD) -> str:
    """Run while the ERP refuses the account; return the rejected document's key."""
    books.administrator.configure(accounts=[account("2100", is_active=False)])
    books.run(should)
    (document,) = outbox.documents(books.home, [State.REJECTED])
    return document.document_key


def heal(books: Books) -> None:
    books.administrator.configure(accounts=[account("2100")])


def void(books: Books) -> list[str]:
    return [
        each.document_key
        for each in voiding.void_changed_rejections(
            books.home.warehouse, books.home, books.connectors, NOW
        )
    ]


def test_rejected_document_whose_content_changed_comes_back_as_the_next_revision(books):
    reject(books)
    heal(books)
    books.run(CHANGED)
    assert books.query(
        "select revision, total_minor, document_key in (select document_key from ledger.voids) "
        "from ledger.documents order by 1"
    ) == [(1, 1000, True), (2, 1200, False)]
    assert outbox.counts_by_state(books.home) == {"posted": 1, "voided": 1}
    assert books.posted_totals() == totals(CHANGED)
    assert verification.verify(books.home) == []


def test_rejected_document_whose_content_stands_is_not_voided(books):
    reject(books)
    books.build(SHOULD)
    assert void(books) == []


def test_change_of_another_contract_does_not_void(books):
    reject(books)
    books.build(SHOULD + entry("1100", "4000", 5, group="C-2"))
    assert void(books) == []


def test_held_change_does_not_void(books):
    reject(books)
    books.build(entry("1100", "2100", 1200, hold_code="CUSTOMER_INACTIVE"))
    assert void(books) == []


def test_rejected_document_of_a_closed_period_is_posted_in_the_first_open_one(books):
    reject(books)
    heal(books)
    assert books.administrator.close_period(ENTITY, "2026-02") is None
    books.run(SHOULD)
    assert books.query("select accounting_period, revision from ledger.documents order by 1") == [
        ("2026-02", 1),
        ("2026-03", 1),
    ]
    assert books.query("select distinct origin_period from ledger.sealed_lines") == [("2026-02",)]
    assert books.posted_totals() == totals(SHOULD)


def test_void_frees_the_lines_for_the_difference(books):
    key = reject(books)
    books.build(CHANGED)
    assert void(books) == [key]
    assert books.query("select count(*) from ledger.sealed_lines") == [(0,)]
    assert books.query("select reason, proof is not null from ledger.voids") == [
        ("What should be booked has changed since it was refused.", True)
    ]
    assert ledger.verify(books.home) == []


def test_document_the_erp_holds_after_all_is_not_voided(books):
    key = reject(books)
    heal(books)
    (document,) = outbox.documents(books.home)
    doc = _doc(books, key)
    books.erp.commit([books.erp.submit([doc], "by hand")[key].ref])
    books.build(CHANGED)
    assert void(books) == []
    assert outbox.documents(books.home)[0].state is State.POSTED
    assert document.state is State.REJECTED


def test_draft_left_in_the_erp_is_discarded_before_the_void(books):
    key = reject(books)
    heal(books)
    books.erp.submit([_doc(books, key)], "by a run that died")
    books.build(CHANGED)
    assert void(books) == [key]
    assert books.erp.list_drafts(ENTITY) == []


def test_unknown_outcome_is_never_voided(books):
    books.connectors = {ERP: FaultyConnector(books.erp, [PASS, BEFORE], settle_seconds=600)}
    books.run(SHOULD)
    (document,) = outbox.documents(books.home, [State.UNKNOWN])
    books.build(CHANGED)
    assert void(books) == []
    with pytest.raises(NotProvenAbsentError, match="is unknown"):
        voiding.void_document(
            books.home, books.connectors, document.document_key, by="ann", reason="x", now=NOW
        )


def test_look_up_without_an_answer_proves_nothing(books):
    key = reject(books)
    books.connectors = {ERP: FaultyConnector(books.erp, [AFTER])}
    books.build(CHANGED)
    assert void(books) == []
    assert outbox.documents(books.home)[0].state is State.UNKNOWN
    heal(books)
    books.connectors = {ERP: books.erp}
    books.run(CHANGED, now=NOW + timedelta(hours=1))
    assert books.posted_totals() == totals(CHANGED)
    assert key in {each.document_key for each in outbox.documents(books.home, [State.POSTED])}


def test_person_can_void_a_document_nobody_wants(books):
    key = reject(books)
    voided = voiding.void_document(
        books.home, books.connectors, key, by="ann", reason="wrong entity", now=NOW
    )
    assert voided.reason == "ann: wrong entity"
    assert outbox.counts_by_state(books.home) == {"voided": 1}
    with pytest.raises(NotProvenAbsentError, match="is voided"):
        voiding.void_document(books.home, books.connectors, key, by="ann", reason="again", now=NOW)


def test_posted_document_is_never_voided(books):
    books.run(SHOULD)
    (document,) = outbox.documents(books.home)
    with pytest.raises(NotProvenAbsentError, match="is posted"):
        voiding.void_document(
            books.home, books.connectors, document.document_key, by="ann", reason="x", now=NOW
        )


def test_killed_between_the_void_and_the_outbox_is_finished_by_the_next_run(books):
    key = reject(books)
    books.build(CHANGED)
    head = ledger.head_number(books.home)
    with store.transaction(books.home) as connection:
        (document,) = outbox_rows.read(connection, keys=[key])
        outbox_rows.move(connection, [Move(document=document, to=State.RESOLVING)], at=NOW)
    ledger.append(
        books.home,
        after=head,
        make=voiding._rows(
            head + 1, [voiding.VoidedDocument(document_key=key, reason="changed")], "proof"
        ),
    )
    heal(books)
    books.run(CHANGED)
    assert outbox.counts_by_state(books.home) == {"posted": 1, "voided": 1}
    assert books.posted_totals() == totals(CHANGED)


def _doc(books: Books, key: str):
    return journal_doc(sealed_documents.contents(books.home, [1])[key])
