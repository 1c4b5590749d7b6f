"""What people decide: approvals, changes, periods. Maker and checker are two people."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from posting import approvals, changes, exports, outbox, periods
from posting.changes import Change, Versions
from posting.errors import ApprovalError, PeriodOpenWorkError, PeriodStateError
from tests.posting_books import ENTITY, ERP, NOW, Books, account, entry, open_books, totals

SHOULD = entry("1100", "2100", 1000)
VERSIONS = Versions(code_version="c1", reference_version="r1", policy_version="p1")


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return open_books(tmp_path)


def change(subject: str = "C-1", amount: int = 100) -> Change:
    return Change(
        subject_key=subject,
        amount_minor=amount,
        functional_amount_minor=amount,
        currency="USD",
        sentence=f"{subject} would move by {amount}.",
    )


def preview(books: Books, *found: Change, versions: Versions = VERSIONS) -> None:
    changes.record_preview(books.home, versions, found, now=NOW)


def status(books: Books) -> dict[str, str]:
    return {each.subject_key: each.status for each in changes.recorded(books.home)}


def test_document_above_its_limit_waits_while_others_are_delivered(books):
    books.limits = [(ENTITY, "*", "5.00")]
    report = books.run(SHOULD + entry("1100", "2100", 300, group="C-2"))
    assert report.states == {"pending_approval": 1, "posted": 1}
    (waiting,) = approvals.pending_documents(books.home)
    approvals.approve_document(
        books.home, waiting.document_key, by="ann", reason="checked against the order", now=NOW
    )
    assert books.deliver().states == {"posted": 2}
    (posted,) = [each for each in outbox.documents(books.home) if each.needs_approval]
    assert (posted.approved_by, posted.approval_reason) == ("ann", "checked against the order")


def test_preparer_cannot_approve(books):
    books.limits = [(ENTITY, "*", "5.00")]
    books.run(SHOULD)
    (waiting,) = approvals.pending_documents(books.home)
    for checker in (" Tieout ", ""):
        with pytest.raises(ApprovalError):
            approvals.approve_document(
                books.home, waiting.document_key, by=checker, reason="", now=NOW
            )
    assert books.deliver().states == {"pending_approval": 1}


def test_only_a_waiting_document_can_be_approved(books):
    books.run(SHOULD)
    (posted,) = outbox.documents(books.home)
    with pytest.raises(ApprovalError, match="is posted"):
        approvals.approve_document(books.home, posted.document_key, by="ann", reason="", now=NOW)
    with pytest.raises(ApprovalError, match="no document RSLX"):
        approvals.approve_document(books.home, "RSLX", by="ann", reason="", now=NOW)


def test_previewed_change_waits_until_somebody_else_approves_it(books):
    assert changes.last_previewed_versions(books.home) is None
    preview(books, change("C-1"), change("C-2", 5))
    assert changes.last_previewed_versions(books.home) == VERSIONS
    assert [each.subject_key for each in changes.pending(books.home)] == ["C-1", "C-2"]
    with pytest.raises(ApprovalError, match="Ask somebody else"):
        changes.approve(books.home, "C-1", by="tieout", reason="", now=NOW)
    changes.approve(books.home, "C-1", by="ann", reason="price list of March", now=NOW)
    assert status(books) == {"C-1": "approved", "C-2": "pending"}
    with pytest.raises(ApprovalError, match="is approved"):
        changes.approve(books.home, "C-1", by="ann", reason="", now=NOW)


def test_same_preview_again_keeps_its_approvals(books):
    preview(books, change("C-1"))
    changes.approve(books.home, "C-1", by="ann", reason="fine", now=NOW)
    preview(books, change("C-1"))
    assert status(books) == {"C-1": "approved"}


def test_other_money_or_other_versions_ask_again(books):
    preview(books, change("C-1"))
    changes.approve(books.home, "C-1", by="ann", reason="fine", now=NOW)
    preview(books, change("C-1", 101))
    assert status(books) == {"C-1": "pending"}
    changes.approve(books.home, "C-1", by="ann", reason="fine", now=NOW)
    other = Versions(code_version="c2", reference_version="r1", policy_version="p1")
    preview(books, change("C-1", 101), versions=other)
    assert status(books) == {"C-1": "pending"}


def test_change_that_is_gone_is_superseded(books):
    preview(books, change("C-1"))
    preview(books)
    assert status(books) == {"C-1": "superseded"}
    with pytest.raises(ApprovalError, match="is superseded"):
        changes.approve(books.home, "C-1", by="ann", reason="", now=NOW)


def test_changes_reach_the_warehouse(books):
    preview(books, change("C-1"))
    exports.export_control(books.home)
    assert books.query("select subject_key, status, amount_minor from exports.changes") == [
        ("C-1", "pending", 100)
    ]


def close(books: Books) -> None:
    periods.close(books.home, books.home.warehouse, ERP, ENTITY, "2026-02", by="ann", now=NOW)


def test_period_closes_only_when_nothing_of_it_is_left(books):
    books.build(SHOULD)
    with pytest.raises(PeriodOpenWorkError, match="2 subledger line"):
        close(books)
    books.administrator.configure(accounts=[account("2100", is_active=False)])
    books.run(SHOULD)
    books.build(SHOULD)
    with pytest.raises(PeriodOpenWorkError, match="is rejected: it is not yet posted"):
        close(books)
    books.administrator.configure(accounts=[account("2100")])
    books.run(SHOULD)
    books.build(SHOULD)
    close(books)
    assert periods.closed(books.home) == {(ERP, ENTITY, "2026-02")}


def test_held_line_keeps_its_period_open(books):
    books.build(entry("1100", "2100", 5, hold_code="GL_MAPPING_MISSING"))
    with pytest.raises(PeriodOpenWorkError, match="work the exceptions"):
        close(books)


def test_correction_of_a_period_closed_here_is_posted_in_the_next_open_one(books):
    books.run(SHOULD)
    books.build(SHOULD)
    close(books)
    corrected = entry("1100", "2100", 1100)
    books.run(corrected, now=NOW + timedelta(hours=1))
    assert books.query(
        "select accounting_period, total_minor from ledger.documents order by 1"
    ) == [("2026-02", 1000), ("2026-03", 100)]
    assert books.posted_totals() == totals(corrected)
    reopen(books)
    assert periods.closed(books.home) == frozenset()


def reopen(books: Books, period: str = "2026-02", by: str = "otto", reason: str = "late") -> None:
    periods.reopen(books.home, ERP, ENTITY, period, by=by, reason=reason, now=NOW)


def test_period_is_opened_again_only_by_somebody_else_with_a_reason(books):
    books.run(SHOULD)
    books.build(SHOULD)
    with pytest.raises(PeriodStateError, match="is not closed by Tieout"):
        reopen(books)
    close(books)
    with pytest.raises(ApprovalError, match="ann closed 2026-02 of"):
        reopen(books, by=" Ann ")
    with pytest.raises(ApprovalError, match="Say why"):
        reopen(books, reason=" ")
    with pytest.raises(ApprovalError, match="Say who"):
        reopen(books, by=" ")
    reopen(books)
    with pytest.raises(PeriodStateError, match="is not closed by Tieout"):
        reopen(books)


def test_last_closed_period_is_opened_first(books):
    books.run(SHOULD)
    books.build(SHOULD)
    for period in ("2026-02", "2026-03"):
        periods.close(books.home, books.home.warehouse, ERP, ENTITY, period, by="ann", now=NOW)
    with pytest.raises(PeriodStateError, match=r"Period 2026-03 of .* Open the later one first"):
        reopen(books)
    reopen(books, "2026-03")
    reopen(books)
    assert periods.closed(books.home) == frozenset()


def test_each_closing_is_a_version_and_none_is_forgotten(books):
    books.run(SHOULD)
    books.build(SHOULD)
    close(books)
    close(books)
    reopen(books)
    close(books)
    found = periods.decisions(books.home)
    assert [(each.decision_number, each.decision, each.close_version) for each in found] == [
        (1, "closed", 1),
        (2, "reopened", 1),
        (3, "closed", 2),
    ]
    exports.export_control(books.home)
    assert books.query(
        "select decision, decided_by, reason, ledger_head from exports.period_decisions"
    ) == [
        ("closed", "ann", None, 1),
        ("reopened", "otto", "late", None),
        ("closed", "ann", None, 1),
    ]


def test_period_is_not_closed_over_books_of_another_ledger_head(books):
    books.run(SHOULD)
    built = books.home.path / "built.duckdb"
    shutil.copy(books.home.warehouse, built)
    books.run(entry("1100", "2100", 1100))
    shutil.copy(built, books.home.warehouse)
    with pytest.raises(PeriodOpenWorkError, match="built over ledger file 0, and the ledger is at"):
        close(books)


def test_difference_of_an_earlier_period_keeps_a_later_one_open(books):
    books.build(entry("1100", "2100", 5, origin_period="2026-01"))
    with pytest.raises(PeriodOpenWorkError, match=r"2 subledger line.* of 2026-02 or earlier"):
        close(books)
