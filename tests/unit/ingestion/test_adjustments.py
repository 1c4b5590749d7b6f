"""Adjustments and reversals keep their contract, or are refused with both totals.

Belongs here: adjustment.posted and adjustment.reversed at the border.
Does not: what they do to the books (tests.unit.dbt.test_adjustments).
"""

import json
from typing import Any

import jsonschema
import pytest

from ingestion.contracts import generate
from ingestion.contracts.registry import Refusal, latest_data, require_sender

DEBIT = {
    "adjustment_line_id": "1",
    "account_role": "deferred_revenue",
    "side": "debit",
    "amount": "1200.00",
}
CREDIT = {
    "adjustment_line_id": "2",
    "account_role": "revenue",
    "product_code": "PLAN",
    "contract_id": "K1",
    "contract_line_id": "K1-1",
    "side": "credit",
    "amount": "1200.00",
}
ADJUSTMENT = {
    "adjustment_id": "ADJ-1",
    "kind": "adjustment",
    "legal_entity_code": "T-US",
    "currency": "USD",
    "effective_date": "2026-01-31",
    "reason": "Accepted early.",
    "support": "https://files.example/acceptance.pdf",
    "prepared_by": "anna",
    "approved_by": "frida",
    "reverses_on": "2026-02-01",
    "lines": [DEBIT, CREDIT],
}
REVERSAL = {
    "adjustment_id": "ADJ-1",
    "reversal_id": "REV-1",
    "effective_date": "2026-02-10",
    "reason": "Accepted by mistake.",
    "prepared_by": "anna",
    "approved_by": "frida",
}


def _latest(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    return latest_data(event_type, f"tieout:{event_type}:1", data)[1]


def _refused(data: dict[str, Any], event_type: str = "adjustment.posted") -> Refusal:
    with pytest.raises(Refusal) as caught:
        _latest(event_type, data)
    return caught.value


@pytest.mark.parametrize(
    ("event_type", "data"),
    [("adjustment.posted", ADJUSTMENT), ("adjustment.reversed", REVERSAL)],
)
def test_a_valid_event_keeps_its_published_schema(event_type: str, data: dict[str, Any]) -> None:
    schema = generate.SCHEMA_FOLDER / f"{event_type}.v1.json"
    jsonschema.validate(data, json.loads(schema.read_text()))
    assert _latest(event_type, data)["adjustment_id"] == "ADJ-1"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"lines": [DEBIT, CREDIT | {"amount": "1150.00"}]},
            "debits come to 1,200 USD and credits to 1,150 USD; they must be the same",
        ),
        (
            {
                "lines": [
                    DEBIT | {"functional_amount": "1290.5"},
                    CREDIT | {"functional_amount": "1290"},
                ]
            },
            "debits come to 1,290.5 in functional currency and credits to 1,290 in functional",
        ),
        (
            {"lines": [DEBIT | {"functional_amount": "1290.5"}, CREDIT]},
            "1 of 2 lines have a functional amount; give it on all of them or on none",
        ),
        (
            {"lines": [DEBIT | {"amount": "0"}, CREDIT | {"amount": "0"}]},
            "0 is not above zero; write the amount and choose the side",
        ),
        (
            {"lines": [DEBIT | {"amount": "-5"}, CREDIT | {"amount": "-5"}]},
            "-5 is not above zero",
        ),
        (
            {"lines": [DEBIT | {"account_role": "goodwill"}, CREDIT]},
            "'goodwill' is no account role; use one of accounts_receivable, ",
        ),
        (
            {"lines": [DEBIT | {"contract_line_id": "K1-1"}, CREDIT]},
            "line 1 names contract line K1-1 without its contract",
        ),
        (
            {"lines": [DEBIT, CREDIT | {"adjustment_line_id": "1"}]},
            "adjustment line 1 is named more than once",
        ),
        ({"approved_by": "Anna"}, "Anna prepared it and approved it; somebody else has to approve"),
        (
            {"reverses_on": "2026-01-31"},
            "it reverses on 2026-01-31, which is not after its effective date 2026-01-31",
        ),
    ],
)
def test_what_nobody_can_book_is_refused_in_words(changes: dict[str, Any], sentence: str) -> None:
    refusal = _refused(ADJUSTMENT | changes)
    assert refusal.reason == "PAYLOAD_INCOMPLETE"
    assert sentence in refusal.sentence
    assert "values nobody can book" in refusal.sentence


def test_amounts_keep_to_the_decimals_of_their_currency() -> None:
    lines = [DEBIT | {"amount": "0.001"}, CREDIT | {"amount": "0.001"}]
    assert _refused(ADJUSTMENT | {"lines": lines}).reason == "AMOUNT_PRECISION"


def test_one_line_is_no_entry() -> None:
    assert _refused(ADJUSTMENT | {"lines": [DEBIT]}).reason == "SCHEMA_BREAKING_CHANGE"


def test_a_reversal_needs_a_second_person() -> None:
    refusal = _refused(REVERSAL | {"approved_by": "anna"}, "adjustment.reversed")
    assert "anna prepared it and approved it" in refusal.sentence


@pytest.mark.parametrize("event_type", ["adjustment.posted", "adjustment.reversed"])
def test_only_people_state_it(event_type: str) -> None:
    require_sender(event_type, "operator", "operator")
    with pytest.raises(Refusal, match=f"{event_type} came from 'erp', but only people") as caught:
        require_sender(event_type, "operator", "erp")
    assert caught.value.reason == "SOURCE_NOT_ALLOWED"
