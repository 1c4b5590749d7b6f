"""Leases: one living writer per ERP and legal entity, whoever died before."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from posting import leases, outbox, store, tables, verification
from posting.errors import FencedError, LeaseHeldError
from tests.faults import FaultyConnector
from tests.posting_books import ENTITY, ERP, NOW, Books, entry, open_books, totals

SHOULD = entry("1100", "2100", 1000) + entry("1100", "2100", 300, group="C-2")


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return open_books(tmp_path)


def test_run_of_a_living_holder_is_left_alone(books):
    books.seal(SHOULD)
    with leases.held(books.home, ERP, ENTITY, now=NOW, holder="elsewhere"):
        report = books.deliver()
    assert report.posted == 0
    assert "Another run on this machine" in report.notes[0]


def test_lease_of_another_machine_is_taken_over_only_when_it_expired(books):
    books.seal(SHOULD)
    _leave_lease(books, holder="elsewhere")
    assert "elsewhere delivers to main" in books.deliver().notes[0]
    assert books.deliver(NOW + timedelta(minutes=16)).posted == 2
    with store.transaction(books.home) as connection:
        assert connection.execute(select(tables.leases.c.fencing_number)).scalar() == 2


def test_killed_run_of_this_machine_does_not_keep_the_next_one_waiting(books):
    books.seal(SHOULD)
    _leave_lease(books, holder=leases.this_machine())
    assert books.deliver().posted == 2


def test_holder_that_was_taken_over_can_write_nothing_more(books):
    books.seal(SHOULD)
    outbox.synchronise(books.home, NOW)

    def take_over(call: str) -> None:
        if call == "submit":
            with store.transaction(books.home) as connection:
                connection.execute(
                    update(tables.leases).values(fencing_number=7, holder="elsewhere")
                )

    books.connectors = {ERP: FaultyConnector(books.erp, before_call=take_over)}
    report = books.deliver()
    assert "took over deliveries" in report.notes[0]
    assert outbox.counts_by_state(books.home) == {"sending": 2}
    books.connectors = {ERP: books.erp}
    books.deliver(NOW + timedelta(hours=1))
    assert outbox.counts_by_state(books.home) == {"posted": 2}
    books.read_back()
    assert books.posted_totals() == totals(SHOULD)
    assert verification.verify(books.home) == []


def test_lease_is_proven_by_its_number(books):
    books.seal(SHOULD)
    with leases.held(books.home, ERP, ENTITY, now=NOW, holder="here") as lease:
        with store.transaction(books.home) as connection, pytest.raises(FencedError):
            leases.prove(connection, replace(lease, fencing_number=0), NOW)
        with pytest.raises(LeaseHeldError):
            leases.held(books.home, ERP, ENTITY, now=NOW, holder="here").__enter__()


def _leave_lease(books: Books, *, holder: str) -> None:
    """Leave a lease the way a killed run does: taken, never given back."""
    with leases.held(books.home, ERP, ENTITY, now=NOW, holder=holder):
        pass
    with store.transaction(books.home) as connection:
        connection.execute(update(tables.leases).values(holder=holder))
