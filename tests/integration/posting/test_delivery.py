"""Delivery: whatever the transport does, each document ends in the ERP once."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from posting import exports, outbox, sealed_documents, store, tables, verification
from posting.connectors.embedded import store_path
from posting.connectors.rendering import journal_doc
from posting.errors import ContentMismatchError
from posting.states import State
from tests.faults import AFTER, BEFORE, PASS, TWICE, UNAVAILABLE, FaultyConnector
from tests.posting_books import ENTITY, ERP, NOW, Books, account, entry, open_books, totals

SHOULD = entry("1100", "2100", 1000) + entry("1100", "2100", 300, group="C-2")


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return open_books(tmp_path)


def faulty(books: Books, *faults: str, **options: object) -> FaultyConnector:
    connector = FaultyConnector(books.erp, faults, **options)
    books.connectors = {ERP: connector}
    return connector


def states(books: Books) -> dict[str, int]:
    return outbox.counts_by_state(books.home)


def documents_in_erp(books: Books) -> list[tuple]:
    with sqlite3.connect(store_path(books.home, ERP)) as connection:
        return connection.execute(
            "select external_key, state from documents order by 1, 2"
        ).fetchall()


def assert_all_posted_once(books: Books, should=SHOULD) -> None:
    assert set(states(books)) == {"posted"}
    found = documents_in_erp(books)
    assert len({key for key, _ in found}) == len(found)
    assert {state for _, state in found} == {"posted"}
    books.read_back()
    assert books.posted_totals() == totals(should)
    assert verification.verify(books.home) == []


def test_sealed_documents_are_posted_with_the_erps_own_id_and_number(books):
    report = books.run(SHOULD)
    assert (report.posted, report.states) == (2, {"posted": 2})
    assert_all_posted_once(books)
    assert [each.erp_number for each in outbox.documents(books.home)] != [None, None]


def test_second_run_posts_nothing(books):
    books.run(SHOULD)
    report = books.run(SHOULD)
    assert (report.new_documents, report.posted) == (0, 0)


@pytest.mark.parametrize(("atomic_batch", "calls"), [(False, 1), (True, 2)])
def test_only_calls_that_fail_as_one_are_split_by_what_is_alike(books, atomic_batch, calls):
    should = SHOULD + entry("1100", "2100", 70, entry_type="tax")
    connector = faulty(books, atomic_batch=atomic_batch)
    books.run(should)
    assert connector.calls.count("submit") == calls
    assert_all_posted_once(books, should)


@pytest.mark.parametrize("fault", [BEFORE, AFTER, UNAVAILABLE, TWICE])
@pytest.mark.parametrize("call", range(6))
def test_fault_at_any_call_then_a_run_posts_once(books, fault, call):
    # The calls of a delivery: list drafts, submit, commit, list drafts; more when faults add some.
    faulty(books, *[PASS] * call, fault)
    books.run(SHOULD)
    books.deliver(NOW + timedelta(minutes=1))
    assert_all_posted_once(books)


def test_draft_made_before_the_connection_was_cut_is_found_and_committed(books):
    connector = faulty(books, PASS, AFTER)
    books.run(SHOULD)
    assert connector.calls.count("submit") == 1
    assert_all_posted_once(books)


def test_commit_that_timed_out_after_its_effect_is_found_posted(books):
    connector = faulty(books, PASS, PASS, AFTER)
    books.run(SHOULD)
    assert connector.calls.count("commit") == 1
    assert_all_posted_once(books)


def test_unknown_outcome_waits_for_the_settle_time_before_it_is_looked_up(books):
    connector = faulty(books, PASS, BEFORE, settle_seconds=600)
    books.run(SHOULD)
    assert states(books) == {"unknown": 2}
    books.deliver(NOW + timedelta(seconds=599))
    assert states(books) == {"unknown": 2}
    assert connector.calls.count("submit") == 1
    assert "find_by_keys" not in connector.calls
    books.deliver(NOW + timedelta(seconds=600))
    assert_all_posted_once(books)


def test_unavailable_erp_is_tried_again_after_the_time_it_asked_for(books):
    connector = faulty(books, PASS, UNAVAILABLE)
    books.run(SHOULD)
    assert states(books) == {"prepared": 2}
    books.deliver(NOW + timedelta(seconds=29))
    assert connector.calls.count("submit") == 1
    books.deliver(NOW + timedelta(seconds=30))
    assert_all_posted_once(books)


def test_rejected_document_is_sent_once_per_run_and_posted_under_its_key_when_healed(books):
    books.administrator.configure(accounts=[account("2100", is_active=False)])
    connector = faulty(books)
    report = books.run(SHOULD)
    keys = [each.document_key for each in outbox.documents(books.home)]
    assert report.states == {"rejected": 2}
    assert connector.calls.count("submit") == 1
    assert outbox.documents(books.home)[0].error_class == "INACTIVE_ACCOUNT"
    books.run(SHOULD)
    assert connector.calls.count("submit") == 2
    books.administrator.configure(accounts=[account("2100")])
    books.run(SHOULD)
    assert [each.document_key for each in outbox.documents(books.home)] == keys
    assert books.query("select count(*) from ledger.documents") == [(2,)]
    assert_all_posted_once(books)


def test_same_key_with_other_content_in_the_erp_becomes_a_conflict(books):
    books.build(SHOULD)
    books.seal(SHOULD)
    outbox.synchronise(books.home, NOW)
    document = outbox.documents(books.home)[0]
    other = outbox.documents(books.home)[1]
    courier_docs = _docs(books)
    impostor = replace(courier_docs[other.document_key], key=document.document_key)
    books.erp.commit([books.erp.submit([impostor], "x")[document.document_key].ref])
    books.deliver()
    assert states(books) == {"conflict": 1, "posted": 1}
    conflict = outbox.documents(books.home, [State.CONFLICT])[0]
    assert "other totals on 1100, 2100" in conflict.error_text


def test_conflict_repaired_in_the_erp_is_posted_by_the_next_run(books):
    books.run(SHOULD)
    document = outbox.documents(books.home)[0]
    with store.transaction(books.home) as connection:
        connection.execute(update(tables.documents).values(state="unknown"))
    _alter_erp(books, "update lines set amount_minor = amount_minor + 1 where erp_id = ?", document)
    books.deliver()
    assert states(books) == {"conflict": 1, "posted": 1}
    _alter_erp(books, "update lines set amount_minor = amount_minor - 1 where erp_id = ?", document)
    books.deliver()
    assert states(books) == {"posted": 2}


def test_document_found_twice_raises_the_duplicate_alarm(books):
    books.run(SHOULD)
    document = outbox.documents(books.home)[0]
    with sqlite3.connect(store_path(books.home, ERP)) as connection:
        connection.execute("drop index documents_by_key")
        connection.execute(
            "insert into documents select 99, entity, external_key, source, 'X-2', state, "
            "posting_date, accounting_period, currency, functional_currency, description, null "
            "from documents where external_key = ?",
            [document.document_key],
        )
    with store.transaction(books.home) as connection:
        connection.execute(update(tables.documents).values(state="unknown"))
    books.deliver()
    conflict = outbox.documents(books.home, [State.CONFLICT])[0]
    assert (conflict.document_key, conflict.error_class) == (document.document_key, "DUPLICATE")
    assert "2 times" in conflict.error_text


def test_orphan_drafts_are_discarded_so_that_the_period_can_close(books):
    books.run(SHOULD)
    orphan = replace(next(iter(_docs(books).values())), key="RSLORPHANORPHAN1")
    books.erp.submit([orphan], "by a run whose store was lost")
    assert books.administrator.close_period(ENTITY, "2026-02") is not None
    books.seal(entry("1100", "2100", 1500) + SHOULD[2:])
    assert books.deliver().discarded_drafts == 1
    assert books.administrator.close_period(ENTITY, "2026-02") is None


def test_draft_of_a_document_refused_at_commit_is_not_left_behind(books):
    connector = faulty(books)
    plain_commit = books.erp.commit

    def deactivate_then_commit(refs):
        books.administrator.configure(accounts=[account("2100", is_active=False)])
        return plain_commit(refs)

    connector.inside.commit = deactivate_then_commit
    books.run(SHOULD)
    assert states(books) == {"rejected": 2}
    assert documents_in_erp(books) == []


def test_outbox_refuses_content_that_is_not_what_was_prepared(books):
    books.seal(SHOULD)
    outbox.synchronise(books.home, NOW)
    with store.transaction(books.home) as connection:
        connection.execute(update(tables.documents).values(content_hash="0" * 64))
    with pytest.raises(ContentMismatchError, match="Nothing is sent"):
        books.deliver()
    assert documents_in_erp(books) == []


def test_intent_is_written_with_its_fencing_number_before_anything_is_sent(books):
    seen = []

    def look(call: str) -> None:
        if call == "submit":
            seen.extend(
                (each.state, each.fencing_number, each.payload_hash is not None)
                for each in outbox.documents(books.home)
            )

    books.connectors = {ERP: FaultyConnector(books.erp, before_call=look)}
    books.run(SHOULD)
    assert seen == [(State.SENDING, 1, True)] * 2
    with store.transaction(books.home) as connection:
        attempts = connection.execute(select(tables.attempts.c.fencing_number)).scalars().all()
    assert attempts == [1, 1]


def test_lost_control_store_asks_the_erp_before_it_sends(books):
    books.run(SHOULD)
    for path in books.home.path.glob("control.db*"):
        path.unlink()
    connector = faulty(books)
    books.deliver()
    assert "submit" not in connector.calls
    assert_all_posted_once(books)


def test_erp_without_a_connection_keeps_its_documents_waiting(books):
    books.seal(SHOULD)
    books.connectors = {}
    report = books.deliver()
    assert (report.states, len(report.notes)) == ({"prepared": 2}, 1)


def test_exports_show_outbox_and_erp(books):
    books.run(SHOULD)
    exports.export_master(books.home, books.connectors)
    exports.read_back(books.home, books.connectors)
    assert books.query(
        "select outbox.state, erp.state, count(*) from exports.outbox_documents as outbox "
        "join exports.erp_documents as erp on outbox.document_key = erp.document_key "
        "group by 1, 2"
    ) == [("posted", "posted", 4)]
    assert books.query("select count(*) from exports.erp_balances") == [(2,)]
    assert books.query("select count(*) from exports.erp_periods where state = 'open'") == [(8,)]


def _docs(books: Books) -> dict:
    contents = sealed_documents.contents(books.home, [1])
    return {key: journal_doc(document) for key, document in contents.items()}


def _alter_erp(books: Books, statement: str, document) -> None:
    with sqlite3.connect(store_path(books.home, ERP)) as connection:
        connection.execute(statement, [document.erp_document_id])
