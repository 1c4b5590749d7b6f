"""The embedded ledger refuses what a real one refuses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from posting.connectors.connector import (
    ErrorClass,
    JournalDoc,
    JournalDocLine,
    OutcomeKind,
)
from posting.connectors.embedded import EmbeddedAdministrator, EmbeddedConnector, ErpPeriod
from posting.connectors.rendering import totals_by_account
from posting.journal import Side
from tests.posting_books import ENTITY, account, open_books


@pytest.fixture
def erp(tmp_path: Path) -> EmbeddedConnector:
    return open_books(tmp_path).erp


@pytest.fixture
def administrator(tmp_path: Path) -> EmbeddedAdministrator:
    return open_books(tmp_path).administrator


def doc(key: str = "RSLAAAAAAAAAAAAA", *, debit: str = "10.00", credit: str = "10.00", **facts):
    lines = tuple(
        JournalDocLine(
            line_number=number,
            side=side,
            account=code,
            amount=Decimal(amount),
            functional_amount=Decimal(amount),
            dimensions={},
        )
        for number, side, code, amount in (
            (1, Side.DEBIT, "1100", debit),
            (2, Side.CREDIT, "4000", credit),
        )
    )
    whole = JournalDoc(
        key=key,
        identity=key,
        entity=ENTITY,
        ledger="primary",
        currency="USD",
        functional_currency="USD",
        posting_date=date(2026, 2, 15),
        period="2026-02",
        source="tieout",
        description="Tieout billing",
        lines=lines,
        control_totals=(Decimal(debit), Decimal(debit)),
        content_sha256="",
    )
    return replace(whole, **facts)


def submit(erp: EmbeddedConnector, one: JournalDoc):
    return erp.submit([one], "batch")[one.key]


def post(erp: EmbeddedConnector, one: JournalDoc):
    return erp.commit([submit(erp, one).ref])[one.key]


def with_account(one: JournalDoc, code: str) -> JournalDoc:
    return replace(one, lines=(replace(one.lines[0], account=code), one.lines[1]))


@pytest.mark.parametrize(
    ("refused", "error_class", "text"),
    [
        (doc(credit="9.99"), ErrorClass.UNBALANCED, "debit 10.00, credit 9.99 USD"),
        (doc(debit="10.001", credit="10.001"), ErrorClass.PRECISION, "more than the 2 decimals"),
        (doc(posting_date=date(2027, 1, 1)), ErrorClass.PERIOD_CLOSED, "no accounting period"),
        (with_account(doc(), "9999"), ErrorClass.UNKNOWN_ACCOUNT, "Account 9999 does not exist"),
        (doc(entity="NW-XX"), ErrorClass.UNKNOWN_ENTITY, "NW-XX does not exist"),
        (doc(functional_currency="EUR"), ErrorClass.CURRENCY, "keeps its books in USD"),
        (doc(lines=()), ErrorClass.OTHER, "no lines"),
        (doc(debit="-1.00", credit="-1.00"), ErrorClass.OTHER, "negative"),
    ],
)
def test_entry_is_refused(erp, refused, error_class, text):
    outcome = submit(erp, refused)
    assert (outcome.kind, outcome.error_class) == (OutcomeKind.REJECTED, error_class)
    assert text in outcome.text
    assert erp.find_by_keys([refused.key]) == {refused.key: []}


def test_entry_must_balance_in_functional_currency(erp):
    one = doc(currency="EUR")
    lines = (one.lines[0], replace(one.lines[1], functional_amount=Decimal("10.01")))
    outcome = submit(erp, replace(one, lines=lines))
    assert (outcome.error_class, "USD" in outcome.text) == (ErrorClass.UNBALANCED, True)


def test_inactive_account_is_refused_until_it_is_activated(erp, administrator):
    administrator.configure(accounts=[account("4000", is_active=False)])
    outcome = submit(erp, doc())
    assert (outcome.error_class, outcome.line_number) == (ErrorClass.INACTIVE_ACCOUNT, 2)
    administrator.configure(accounts=[account("4000")])
    assert submit(erp, doc()).kind is OutcomeKind.DRAFTED


def test_closed_period_is_refused(erp, administrator):
    assert administrator.close_period(ENTITY, "2026-02") is None
    assert submit(erp, doc()).error_class is ErrorClass.PERIOD_CLOSED
    administrator.open_period(ENTITY, "2026-02")
    assert submit(erp, doc()).kind is OutcomeKind.DRAFTED


def test_period_with_a_draft_cannot_be_closed(erp, administrator):
    outcome = submit(erp, doc())
    refusals = administrator.configure(
        periods=[ErpPeriod(legal_entity_code=ENTITY, accounting_period="2026-02", is_open=False)]
    )
    assert refusals == ["Period 2026-02 of NW-US cannot be closed: 1 draft(s) are in it."]
    erp.discard_drafts([outcome.ref])
    assert administrator.close_period(ENTITY, "2026-02") is None


def test_second_document_with_the_same_key_is_a_duplicate(erp):
    first = submit(erp, doc())
    second = submit(erp, doc(debit="11.00", credit="11.00"))
    assert second.kind is OutcomeKind.DUPLICATE
    assert second.ref == first.ref


def test_numbers_are_gapless_and_given_on_posting(erp):
    drafts = [submit(erp, doc(f"RSLAAAAAAAAAAAA{letter}")).ref for letter in "ABC"]
    erp.discard_drafts([drafts[1]])
    outcomes = erp.commit([drafts[2], drafts[0]])
    assert sorted(outcome.ref.number for outcome in outcomes.values()) == [
        "NW-US-2026-000001",
        "NW-US-2026-000002",
    ]


def test_posting_a_draft_twice_posts_it_once(erp):
    ref = submit(erp, doc()).ref
    first, second = erp.commit([ref]), erp.commit([ref])
    assert first == second
    assert len(erp.find_by_keys([ref.key])[ref.key]) == 1


def test_draft_on_an_account_that_was_deactivated_meanwhile_is_not_posted(erp, administrator):
    ref = submit(erp, doc()).ref
    administrator.configure(accounts=[account("1100", is_active=False)])
    assert erp.commit([ref])[ref.key].error_class is ErrorClass.INACTIVE_ACCOUNT


def test_posted_documents_are_never_discarded(erp):
    posted = post(erp, doc()).ref
    erp.discard_drafts([posted])
    assert erp.find_by_keys([posted.key])[posted.key] == [posted]


def test_draft_that_is_gone_has_an_unknown_outcome(erp):
    ref = submit(erp, doc()).ref
    erp.discard_drafts([ref])
    assert erp.commit([ref])[ref.key].kind is OutcomeKind.UNKNOWN


def test_balances_are_the_movements_of_posted_documents(erp):
    post(erp, doc())
    submit(erp, doc("RSLBBBBBBBBBBBBB"))
    assert [
        (each.account_code, each.debit_minor, each.functional_credit_minor)
        for each in erp.fetch_balances(ENTITY)
    ] == [("1100", 1000, 0), ("4000", 0, 1000)]
    assert {line.state for line in erp.fetch_documents(ENTITY)} == {"draft", "posted"}


def test_reversal_must_mirror_a_posted_document(erp):
    posted = post(erp, doc()).ref
    mirror = doc("RSLBBBBBBBBBBBBB")
    mirror = replace(
        mirror, lines=tuple(replace(line, side=line.side.other) for line in mirror.lines)
    )
    assert erp.reverse(posted, doc("RSLCCCCCCCCCCCCC")).kind is OutcomeKind.REJECTED
    assert erp.reverse(posted, mirror).kind is OutcomeKind.DRAFTED
    assert totals_by_account(mirror.lines) == {
        ("1100", ""): (Decimal("-10.00"), Decimal("-10.00")),
        ("4000", ""): (Decimal("10.00"), Decimal("10.00")),
    }
