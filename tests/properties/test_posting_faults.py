"""Whatever is sealed, refused, lost or answered twice, the ERP ends with sealed minus voided."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posting import outbox, verification
from tests.faults import AFTER, BEFORE, PASS, TWICE, UNAVAILABLE, FaultyConnector
from tests.posting_books import ENTITY, ERP, NOW, Books, Line, account, entry, open_books, totals

AMOUNTS = st.lists(st.integers(min_value=-3, max_value=3), min_size=3, max_size=3)
FAULTS = st.lists(st.sampled_from([PASS, BEFORE, AFTER, UNAVAILABLE, TWICE]), max_size=8)
STEPS = st.lists(st.tuples(AMOUNTS, FAULTS, st.booleans()), min_size=1, max_size=4)


def should_be(amounts: list[int]) -> list[Line]:
    """Return what three contracts should have booked; zero means nothing."""
    return [
        line
        for number, amount in enumerate(amounts)
        if amount
        for line in entry("1100", "2100", amount * 100, group=f"C-{number}")
    ]


def end_in_peace(books: Books, should: list[Line], now) -> None:
    """Heal everything, then run until nothing is open."""
    books.administrator.configure(accounts=[account("2100")])
    books.connectors = {ERP: books.erp}
    for hour in (1, 2):
        books.run(should, now=now + timedelta(hours=hour))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_erp_ends_with_what_is_sealed_and_not_voided(steps):
    with TemporaryDirectory() as folder:
        books = open_books(Path(folder))
        now, should = NOW, []
        for amounts, faults, is_active in steps:
            now += timedelta(minutes=5)
            books.administrator.configure(accounts=[account("2100", is_active=is_active)])
            books.connectors = {ERP: FaultyConnector(books.erp, faults)}
            should = should_be(amounts)
            books.run(should, now=now)
        end_in_peace(books, should, now)
        assert set(outbox.counts_by_state(books.home)) <= {"posted", "voided"}
        assert books.posted_totals() == totals(should)
        sealed = books.query(
            "select document_key from ledger.documents "
            "where document_key not in (select document_key from ledger.voids) order by 1"
        )
        in_erp = books.query(
            "select document_key from exports.erp_documents where state = 'posted' "
            "group by document_key, erp_document_id order by 1"
        )
        assert in_erp == sealed
        assert books.erp.list_drafts(ENTITY) == []
        assert verification.verify(books.home) == []
