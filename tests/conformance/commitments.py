"""Cases of commitments: what was promised, and what was used of it, as rows.

Belongs here: translating what a case of a commitment states.
Does not: true-ups and overage (the macros compute them).
"""

from collections.abc import Callable
from typing import Any

from tests.conformance import pricing
from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs, UnsupportedError

Row = dict[str, Any]


def translate(case_id: str, kind: str, inputs: Inputs) -> tuple[str, Rows]:
    """Return the query of a commitment and the rows of a case; a price with limits is a price."""
    if inputs.has("price_model"):
        return pricing.translate(case_id, kind, inputs)
    inputs.text("currency")
    method = inputs.choice("method", *_METHODS)
    rows = {name: list(found) for name, found in _METHODS[method](case_id, inputs).items()}
    commitment = {"case_id": case_id, "method": method, **inputs.rounding()}
    rows["commitments"] = [commitment | row for row in rows["commitments"]]
    inputs.end()
    return "commitments", rows


def _span(inputs: Inputs) -> Row:
    return {
        "period_from": inputs.date("period_start"),
        "period_to": inputs.date("period_end_exclusive"),
        "from_date": inputs.date("service_start"),
        "to_date": inputs.date("service_end_exclusive"),
    }


def _prorated_commitment(case_id: str, inputs: Inputs) -> Rows:  # noqa: ARG001
    return {"commitments": [{"amount": inputs.amount("commitment_amount"), **_span(inputs)}]}


def _true_up_prorated(case_id: str, inputs: Inputs) -> Rows:  # noqa: ARG001
    row = {
        "amount": inputs.amount("commitment_amount"),
        "plan_fee": inputs.amount("plan_fee", "0"),
        "usage_fees": inputs.amount("usage_fees", "0"),
    }
    return {"commitments": [row | _span(inputs)]}


def _true_up(case_id: str, inputs: Inputs) -> Rows:
    row = {
        "amount": inputs.amount("commitment_due"),
        "rounds_fees_first": inputs.boolean("round_fees_first", False),
    }
    fees = []
    for fee in inputs.parts("fees", "amount"):
        fee.text("type")
        covers = fee.choice("covers", "this_period", "next_period", "other_period")
        fees.append({"case_id": case_id, "amount": fee.amount("amount"), "covers": covers})
    return {"commitments": [row], "commitment_fees": fees}


def _windowed(case_id: str, inputs: Inputs) -> Rows:
    windows = []
    for window in inputs.parts("windows"):
        row = {
            "case_id": case_id,
            "quantity": window.quantity("quantity"),
            "unit_amount": window.price("unit_amount"),
            "commitment_amount": window.amount("commitment_amount"),
            "commitment_quantity": window.quantity("commitment_quantity"),
            "overage_factor": window.quantity("overage_factor"),
            "is_trued_up": window.boolean("true_up", False),
        }
        if row["commitment_amount"] and row["commitment_quantity"]:
            raise UnsupportedError("A window has two commitments.")
        windows.append(row)
    return {"commitments": [{}], "commitment_windows": windows}


def _cumulative(case_id: str, inputs: Inputs) -> Rows:  # noqa: ARG001
    row = {
        "amount": inputs.amount("commitment_amount"),
        "overage_factor": inputs.quantity("overage_factor"),
        "used_before": inputs.amount("prior_usage_at_list"),
        "used_now": inputs.amount("current_usage_at_list"),
        "is_prepaid": inputs.boolean("prepaid", False),
    }
    return {"commitments": [row]}


def _line_commitment(case_id: str, inputs: Inputs) -> Rows:  # noqa: ARG001
    inputs.needs("commitment_amount", "normal_charge")
    row = {
        "amount": inputs.amount("commitment_amount"),
        "normal_charge": inputs.amount("normal_charge"),
        "overage_charge": inputs.amount("overage_charge", "0"),
    }
    return {"commitments": [row]}


_METHODS: dict[str, Callable[[str, Inputs], Rows]] = {
    "prorated_commitment": _prorated_commitment,
    "true_up": _true_up,
    "true_up_prorated": _true_up_prorated,
    "windowed_commitment": _windowed,
    "cumulative_commitment": _cumulative,
    "line_commitment_with_overage": _line_commitment,
}
