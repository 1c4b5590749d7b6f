"""Prices, parts of periods, aggregations, commitments, discounts and credits, worked by hand.

Belongs here: our own cases, the published ones where they are at hand, what stays unanswered.
Does not: how cases are translated (tests.conformance).
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.run import Outcome, answer_cases

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text())
PUBLISHED = Path(__file__).parents[3].resolve().parent / "shared" / "cases" / "rating.json"
CENTS = {"decimals": 2, "mode": "half_up"}
TIERS = [
    {"up_to": "10", "unit_amount": "2", "flat_amount": "5"},
    {"up_to": "20", "unit_amount": "1", "flat_amount": "0"},
]
# Cases that leave open what they ask for, by what they leave open.
OPEN: dict[str, tuple[str, dict[str, Any]]] = {
    "an input nobody knows": (
        "rating",
        {"price_model": "per_unit", "unit_amount": "1", "quantity": "1", "happy_hour": True},
    ),
    "a price model nobody knows": ("rating", {"price_model": "auction", "quantity": "1"}),
    "a rounding mode nobody knows": (
        "rating",
        {
            "price_model": "per_unit",
            "unit_amount": "1",
            "quantity": "1",
            "rounding": {"decimals": 2, "mode": "half_even"},
        },
    ),
    "a quantity beyond the last tier": (
        "rating",
        {
            "price_model": "graduated",
            "quantity": "21",
            "tiers": TIERS,
            "bill_first_tier_flat_at_zero": False,
            "rounding": CENTS,
        },
    ),
    "whether the first flat amount is due without usage": (
        "rating",
        {"price_model": "graduated", "quantity": "0", "tiers": TIERS, "rounding": CENTS},
    ),
    "a group without a price": (
        "rating",
        {
            "price_model": "per_unit",
            "group_unit_amounts": {"a": "1"},
            "group_quantities": {"a": "1", "b": "1"},
            "rounding": CENTS,
        },
    ),
    "a quantity that needs more than six decimals": (
        "rating",
        {
            "price_model": "per_unit",
            "unit_amount": "1",
            "quantity": "1",
            "unit_conversion": {
                "operation": "divide",
                "factor": "3",
                "rounding": "none",
                "decimals": None,
            },
            "rounding": CENTS,
        },
    ),
    "an amount that is not rounded and never ends": (
        "proration",
        {
            "method": "fraction_of_period",
            "amount": "10",
            "day_count": "actual/actual",
            "period_start": "2026-03-01",
            "period_end_exclusive": "2026-04-01",
            "service_start": "2026-03-01",
            "service_end_exclusive": "2026-03-02",
        },
    ),
    "a quotient of fewer than no decimals, which the engine refuses": (
        "proration",
        {
            "method": "fraction_of_period",
            "amount": "10",
            "day_count": "actual/actual",
            "quotient_decimals": -5,
            "period_start": "2026-03-01",
            "period_end_exclusive": "2026-04-01",
            "service_start": "2026-03-01",
            "service_end_exclusive": "2026-03-02",
            "rounding": CENTS,
        },
    ),
    "a time zone nobody lives in": (
        "proration",
        {
            "method": "day_count",
            "start": "2026-03-01T00:00:00Z",
            "end": "2026-03-02T00:00:00Z",
            "timezone": "Mars/Olympus",
        },
    ),
    "a float": (
        "rating",
        {"price_model": "per_unit", "unit_amount": 0.1, "quantity": "1", "rounding": CENTS},
    ),
    "an amount that outgrows the integers": (
        "rating",
        {
            "price_model": "per_unit",
            "unit_amount": "99999999",
            "quantity": "999999999999",
            "rounding": CENTS,
        },
    ),
    "a commitment that outgrows the integers": (
        "minimum_commitment",
        {
            "method": "windowed_commitment",
            "windows": [
                {
                    "quantity": "1",
                    "unit_amount": "99999999",
                    "commitment_quantity": "999999999999",
                    "overage_factor": "2",
                    "true_up": True,
                }
            ],
            "rounding": CENTS,
        },
    ),
    "whether a grant that ends with the span has ended": (
        "credit_drawdown",
        {
            "method": "metered_grants",
            "start": "2026-01-01T00:00:00Z",
            "until": "2026-02-01T00:00:00Z",
            "usage": [],
            "grants": [
                {
                    "id": "g",
                    "amount": "10",
                    "priority": 1,
                    "effective_at": "2026-01-01T00:00:00Z",
                    "expires_at": "2026-02-01T00:00:00Z",
                }
            ],
        },
    ),
    "what an event without the field counts": (
        "aggregation",
        {
            "aggregation": "sum",
            "field": "v",
            "period_start": "2026-01-01T00:00:00Z",
            "period_end_exclusive": "2026-02-01T00:00:00Z",
            "events": [{"timestamp": "2026-01-02T00:00:00Z", "properties": {}}],
        },
    ),
    "when an event was": (
        "aggregation",
        {
            "aggregation": "count",
            "period_start": "2026-01-01T00:00:00Z",
            "period_end_exclusive": "2026-02-01T00:00:00Z",
            "events": [{"properties": {}}],
        },
    ),
    "when a period ends": (
        "aggregation",
        {"aggregation": "count", "period_start": "2026-01-01T00:00:00Z", "events": []},
    ),
    "how much a grant is": (
        "credit_drawdown",
        {
            "method": "metered_grants",
            "start": "2026-01-01T00:00:00Z",
            "until": "2026-02-01T00:00:00Z",
            "usage": [],
            "grants": [{"id": "g", "effective_at": "2026-01-01T00:00:00Z"}],
        },
    ),
    "where a tier ends": (
        "rating",
        {
            "price_model": "volume",
            "quantity": "1",
            "tiers": [{"unit_amount": "1"}, {"up_to": None, "unit_amount": "2"}],
            "bill_first_tier_flat_at_zero": False,
            "rounding": CENTS,
        },
    ),
    "a number with letters": (
        "rating",
        {"price_model": "per_unit", "unit_amount": "1_000", "quantity": "1", "rounding": CENTS},
    ),
    "what its inputs are": ("rating", {}),
    "whether a difference of prices is rounded or each of them": (
        "rating",
        {
            "price_model": "per_unit",
            "unit_amount": "0.004",
            "quantity_before": "1",
            "quantity": "1",
            "rounding": CENTS,
        },
    ),
    "whether a group that is not listed is reported": (
        "aggregation",
        {
            "aggregation": "sum",
            "field": "v",
            "group_by": ["region"],
            "report_groups": [{"region": "eu"}],
            "period_start": "2026-01-01T00:00:00Z",
            "period_end_exclusive": "2026-02-01T00:00:00Z",
            "events": [
                {"timestamp": "2026-01-02T00:00:00Z", "properties": {"region": "us", "v": "1"}}
            ],
        },
    ),
    "whether earlier units are part of an initial value": (
        "aggregation",
        {
            "aggregation": "weighted_sum",
            "field": "v",
            "recurring": True,
            "initial_value": "10",
            "period_start": "2026-01-01T00:00:00Z",
            "period_end_exclusive": "2026-02-01T00:00:00Z",
            "events": [{"timestamp": "2025-12-31T00:00:00Z", "properties": {"v": "1"}}],
        },
    ),
    "whether the daily rate is of one unit or of all": (
        "proration",
        {
            "method": "plan_change",
            "old_amount": "100",
            "old_quantity": "6",
            "new_amount": "100",
            "daily_rate_decimals": 2,
            "period_start": "2026-03-01",
            "period_end_exclusive": "2026-04-01",
            "change_date": "2026-03-11",
            "day_count": "actual/actual",
            "rounding": CENTS,
        },
    ),
    "which line of a period bills a flat fee": (
        "rating",
        {
            "price_model": "flat",
            "flat_amount": "10",
            "line_position": "first",
            "rounding": CENTS,
        },
    ),
    "whether what was billed before was discounted": (
        "minimum_commitment",
        {
            "price_model": "per_unit",
            "unit_amount": "1",
            "quantity": "10",
            "percent_discount": "50",
            "amount_billed_before": "2",
            "rounding": CENTS,
        },
    ),
    "what units that stay cost beyond the last tier": (
        "rating",
        {
            "price_model": "prorated_graduated",
            "tiers": TIERS,
            "bill_first_tier_flat_at_zero": False,
            "events": [
                {"quantity": "21", "prorated_quantity": "21"},
                {"quantity": "-5", "prorated_quantity": "-1"},
            ],
            "rounding": CENTS,
        },
    ),
    "whether a grant that recurs as the span begins starts again": (
        "credit_drawdown",
        {
            "method": "metered_grants",
            "start": "2026-01-08T00:00:00Z",
            "until": "2026-01-09T00:00:00Z",
            "usage": [],
            "grants": [
                {
                    "id": "g",
                    "amount": "10",
                    "starting_balance": "4",
                    "effective_at": "2026-01-01T00:00:00Z",
                    "expires_at": "2026-02-01T00:00:00Z",
                    "recurrence": {"every_days": 7, "anchor": "2026-01-01T00:00:00Z"},
                }
            ],
        },
    ),
    "another kind": ("forecast", {}),
}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Answer all cases at once, as one batch per kind."""
    unanswerable = [
        {"id": name, "kind": kind, "inputs": given} for name, (kind, given) in OPEN.items()
    ]
    return answer_cases([*CASES, *unanswerable])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_comes_to_what_was_worked_by_hand(outcome: Outcome, case: Mapping[str, Any]) -> None:
    assert _same(case["expected"], outcome.answers.get(case["id"])), outcome.answers.get(case["id"])


def test_a_case_that_is_no_case_stops_no_other() -> None:
    nonsense = [
        {"id": "no kind", "inputs": {}},
        {"id": "no inputs", "kind": "rating"},
        {"id": "a list of kinds", "kind": ["rating"], "inputs": {}},
        {"id": "inputs of text", "kind": "aggregation", "inputs": "none"},
    ]

    answers = answer_cases([*nonsense, CASES[0]])

    assert set(answers.unanswered) == {case["id"] for case in nonsense}
    assert set(answers.answers) == {CASES[0]["id"]}


@pytest.mark.parametrize("left_open", OPEN)
def test_what_a_case_leaves_open_is_not_guessed(outcome: Outcome, left_open: str) -> None:
    assert left_open not in outcome.answers
    assert outcome.unanswered[left_open]


def test_published_figures_are_reproduced() -> None:
    if not PUBLISHED.is_file():
        pytest.skip(f"The published cases are not at hand: {PUBLISHED} is no file.")
    cases = json.loads(PUBLISHED.read_text())
    answers = answer_cases(cases).answers
    wrong = [case["id"] for case in cases if not _same(case["expected"], answers.get(case["id"]))]
    assert wrong == []


def _same(expected: Any, given: Any) -> bool:
    """Compare what is expected and nothing else; numbers as decimals, groups in any order."""
    if isinstance(expected, dict):
        return isinstance(given, dict) and all(
            key in given and _same(value, given[key]) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(given, list) and _same_list(expected, given)
    try:
        return Decimal(str(expected)) == Decimal(str(given))
    except InvalidOperation:
        return expected == given


def _same_list(expected: Sequence[Any], given: Sequence[Any]) -> bool:
    if len(expected) != len(given):
        return False
    if expected and isinstance(expected[0], dict) and "group" in expected[0]:
        return all(any(_same(one, other) for other in given) for one in expected)
    return all(_same(one, other) for one, other in zip(expected, given, strict=True))
