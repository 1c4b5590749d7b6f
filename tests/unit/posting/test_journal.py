"""Journal documents balance by construction, and their hash is their content alone."""

from dataclasses import replace
from datetime import date

import pytest

from posting.errors import IllegalTransitionError, UnsealableLinesError
from posting.journal import JournalDocument, JournalLine, Side
from posting.states import TRANSITIONS, State, refuse_illegal


def line(number: int, side: Side, amount: int, functional: int | None = None) -> JournalLine:
    return JournalLine(
        line_number=number,
        account_code="1100" if side is Side.DEBIT else "4000",
        dimension_product="",
        side=side,
        amount_minor=amount,
        functional_amount_minor=amount if functional is None else functional,
    )


def document(*lines: JournalLine) -> JournalDocument:
    return JournalDocument(
        document_identity="main|primary|NW-US|USD|2026-02-15|billing",
        revision=1,
        erp_code="main",
        book="primary",
        legal_entity_code="NW-US",
        currency="EUR",
        functional_currency="USD",
        posting_date=date(2026, 2, 15),
        accounting_period="2026-02",
        entry_type="billing",
        source_document=None,
        lines=lines,
    )


def test_document_that_does_not_balance_cannot_be_built():
    with pytest.raises(UnsealableLinesError, match="debit 100, credit 99"):
        document(line(1, Side.DEBIT, 100), line(2, Side.CREDIT, 99))


def test_document_must_balance_in_functional_currency_too():
    with pytest.raises(UnsealableLinesError, match="in USD: debit 110, credit 111"):
        document(line(1, Side.DEBIT, 100, 110), line(2, Side.CREDIT, 100, 111))


def test_amounts_are_never_negative():
    with pytest.raises(UnsealableLinesError, match="negative"):
        line(1, Side.DEBIT, -1)


def test_content_hash_ignores_the_revision_and_sees_every_amount():
    first = document(line(1, Side.DEBIT, 100), line(2, Side.CREDIT, 100))
    assert replace(first, revision=2).content_hash() == first.content_hash()
    assert replace(first, revision=2).document_key != first.document_key
    other = document(line(1, Side.DEBIT, 101), line(2, Side.CREDIT, 101))
    assert other.content_hash() != first.content_hash()


def test_document_key_fits_the_narrowest_erp():
    key = document(line(1, Side.DEBIT, 100), line(2, Side.CREDIT, 100)).document_key
    assert len(key) == 16
    assert key.startswith("RSL")


def test_unknown_outcome_is_looked_up_and_nothing_else():
    assert TRANSITIONS[State.UNKNOWN] == {State.RESOLVING}


def test_only_what_is_being_proven_absent_can_be_voided():
    assert {state for state in State if State.VOIDED in TRANSITIONS[state]} == {State.RESOLVING}


def test_posted_and_voided_are_final():
    assert {state for state in State if not TRANSITIONS[state]} == {State.POSTED, State.VOIDED}


def test_illegal_move_is_refused_by_name():
    with pytest.raises(IllegalTransitionError, match="RSLX cannot go from posted to sending"):
        refuse_illegal("RSLX", State.POSTED, State.SENDING)
