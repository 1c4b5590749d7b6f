"""Cases of aggregation: meter periods and their events as rows.

Belongs here: translating what a case of aggregation states.
Does not: filtering, grouping or adding events (the macros do).
"""

from typing import Any

from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs, UnsupportedError

Row = dict[str, Any]

_AGGREGATIONS = (
    "count", "sum", "max", "latest", "unique_count", "weighted_sum", "prorated_sum",
    "prorated_unique_count", "advance_increment",
)  # fmt: skip
_CARRYING = ("sum", "unique_count", "weighted_sum", "prorated_sum", "prorated_unique_count")


def translate(case_id: str, kind: str, inputs: Inputs) -> tuple[str, Rows]:  # noqa: ARG001
    """Return the query of aggregation and the rows of a case."""
    period = _period(case_id, inputs)
    _refuse_what_is_not_said(period, inputs)
    group_by = period["group_by"]
    reported = [
        {"case_id": case_id, "group_values": [group.get(name) for name in group_by]}
        for group in inputs.raw("report_groups", [])
    ]
    events = [
        {
            "case_id": case_id,
            "position": position,
            "event_id": event.text("id"),
            "occurred_at": event.instant("timestamp"),
            "properties": _properties(event.raw("properties"), period["operation_field"]),
        }
        for position, event in enumerate(inputs.parts("events", "timestamp"))
    ]
    inputs.end()
    return "aggregation", {
        "meter_periods": [period],
        "report_groups": reported,
        "events": events,
    }


def _period(case_id: str, inputs: Inputs) -> Row:
    inputs.needs("period_start", "period_end_exclusive")
    filters = Inputs(inputs.raw("filter", None) or {})
    excluded = filters.items("exclude") if filters.has("exclude") else []
    period = {
        "case_id": case_id,
        "aggregation": inputs.choice("aggregation", *_AGGREGATIONS),
        "period_start_at": inputs.instant("period_start"),
        "period_end_at": inputs.instant("period_end_exclusive"),
        "field": inputs.text("field"),
        "operation_field": inputs.text("operation_field"),
        "group_by": inputs.texts("group_by"),
        "include": _conditions(filters.raw("include", None) or {}),
        "exclude": [_conditions(each) for each in excluded],
        "is_recurring": inputs.boolean("recurring", False),
        "prorates_carried_units": inputs.boolean("carried_units_prorated", False),
        "full_period_days": inputs.integer("full_period_days"),
        "initial_value": inputs.amount("initial_value"),
        "is_numeric_only": inputs.boolean("numeric_only", False),
        "floors_at_zero": inputs.boolean("floor_at_zero", False),
        "level_before": inputs.amount("level_before"),
        "highest_level_before": inputs.amount("highest_level_before"),
        "event_value": inputs.amount("event_value"),
        **inputs.rounding(),
    }
    filters.raw("exclude", None)
    filters.end()
    return period


def _refuse_what_is_not_said(period: Row, inputs: Inputs) -> None:
    aggregation = period["aggregation"]
    if period["initial_value"] and aggregation != "weighted_sum":
        raise UnsupportedError("An initial value is the level of a weighted sum.")
    if period["initial_value"] and period["group_by"]:
        raise UnsupportedError("Whose initial value it is is not said.")
    if period["is_recurring"] and aggregation not in _CARRYING:
        raise UnsupportedError(f"What a recurring {aggregation} carries is not said.")
    if aggregation == "advance_increment" and inputs.raw("events", []):
        raise UnsupportedError("An increment is asked for one event.")


def _conditions(given: Any) -> dict[str, list[str] | None]:
    conditions = Inputs(given)
    conditions.needs(*given)
    return {name: conditions.texts(name) for name in given}


def _properties(given: Any, operation_field: str | None) -> dict[str, str | None]:
    if given.get(operation_field) not in {None, "add", "remove"}:
        raise UnsupportedError(f"Nobody knows this operation: {given[operation_field]!r}.")
    return {
        name: value
        if value is None or isinstance(value, str)
        else Inputs.exact(value, decimals=12, digits=20)
        for name, value in given.items()
    }
