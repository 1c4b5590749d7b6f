"""All cases of a file answered in one batch per kind.

Belongs here: which module translates a kind, what stays unanswered and why.
Does not: how a kind is translated, or computed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from tests.conformance import aggregation, commitments, credits, discounts, pricing, proration
from tests.conformance.answers import Answer, by_case, put_together
from tests.conformance.batch import Rows, Value, answered, compiled
from tests.conformance.inputs import Inputs, UnsupportedError

_KINDS = {
    "rating": pricing.translate,
    "proration": proration.translate,
    "aggregation": aggregation.translate,
    "minimum_commitment": commitments.translate,
    "discount": discounts.translate,
    "credit_drawdown": credits.translate,
}


@dataclass(kw_only=True)
class Outcome:
    """The answers by case, and why the other cases have none."""

    answers: dict[str, Answer] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)


def answer_cases(cases: Sequence[Mapping[str, Any]]) -> Outcome:
    """Answer the cases that the product knows how to compute, exactly."""
    outcome = Outcome()
    batches: dict[str, dict[str, Rows]] = defaultdict(dict)
    for case in cases:
        try:
            query, rows = _translated(case)
        except UnsupportedError as error:
            outcome.unanswered[case["id"]] = str(error)
        else:
            batches[query][case["id"]] = rows
    queries = compiled(sorted(batches))
    inputs = {case["id"]: case.get("inputs") for case in cases}
    for name, batch in batches.items():
        values = _values(queries[name], batch, outcome)
        _keep(outcome, batch, values, inputs)
    return outcome


def _values(query: str, batch: Mapping[str, Rows], outcome: Outcome) -> dict[str, list[Value]]:
    """Return the values of a batch; what the engine refuses takes only its own case along."""
    try:
        return by_case(answered(query, batch.values()))
    except duckdb.Error as error:
        if len(batch) == 1:
            outcome.unanswered |= dict.fromkeys(batch, f"The engine refuses it: {error}")
            return {}
    cases = list(batch.items())
    half = len(cases) // 2
    return _values(query, dict(cases[:half]), outcome) | _values(query, dict(cases[half:]), outcome)


def _translated(case: Mapping[str, Any]) -> tuple[str, Rows]:
    try:
        kind = case["kind"]
        if kind not in _KINDS:
            raise UnsupportedError(f"Nobody knows cases of {kind}.")
        return _KINDS[kind](case["id"], kind, Inputs(case["inputs"]))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnsupportedError(f"The case is not laid out as described: {error!r}.") from error


def _keep(
    outcome: Outcome,
    batch: Iterable[str],
    values: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, Any]],
) -> None:
    for case_id in batch:
        if case_id in outcome.unanswered:
            continue
        answer = put_together(values.get(case_id, []), inputs[case_id])
        if answer is None:
            outcome.unanswered[case_id] = "What it asks for cannot be known from its inputs."
        else:
            outcome.answers[case_id] = answer
