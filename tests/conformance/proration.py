"""Cases of proration: periods, services, stubs and changes of plan as rows.

Belongs here: translating what a case of proration states.
Does not: counting days or amounts (the macros do).
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs, UnsupportedError

Row = dict[str, Any]

_MOST_DAYS = 31
_MONTHS = {"month": 1, "months": 1, "quarter": 3, "quarters": 3, "year": 12, "years": 12}
_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7}


def translate(case_id: str, kind: str, inputs: Inputs) -> tuple[str, Rows]:  # noqa: ARG001
    """Return the query of proration and the rows of a case."""
    inputs.text("currency")
    method = inputs.choice("method", *_METHODS, "plan_change", "plan_change_components")
    if method.startswith("plan_change"):
        rows: Rows = {"plan_changes": _plan_changes(case_id, method, inputs)}
    else:
        row = {"case_id": case_id, "method": method, "is_prorated": True}
        rows = {"prorations": [row | _METHODS[method](inputs) | inputs.rounding()]}
    inputs.end()
    return "proration", rows


def _fraction_of_period(inputs: Inputs) -> Row:
    inputs.needs("amount")
    return {
        "amount": inputs.amount("amount"),
        "period_from": inputs.date("period_start"),
        "period_to": inputs.date("period_end_exclusive"),
        "from_date": inputs.date("service_start"),
        "to_date": inputs.date("service_end_exclusive"),
        "day_count": inputs.text("day_count"),
        "tax_percent": inputs.percent("tax_percent"),
        "quotient_decimals": inputs.decimals("quotient_decimals"),
        "precise_decimals": inputs.decimals("precise_decimals"),
    }


def _seconds(inputs: Inputs) -> Row:
    inputs.needs("amount", "service_start", "service_end_exclusive")
    return {
        "amount": inputs.amount("amount"),
        "period_from_at": inputs.instant("period_start"),
        "period_to_at": inputs.instant("period_end_exclusive"),
        "from_at": inputs.instant("service_start"),
        "to_at": inputs.instant("service_end_exclusive"),
        "is_prorated": inputs.boolean("proration_enabled", True),
    }


def _ratio(inputs: Inputs) -> Row:
    return {
        "amount": inputs.amount("amount"),
        "stub": inputs.choice("stub", "leading", "trailing"),
        "from_date": inputs.date("stub_start"),
        "to_date": inputs.date("stub_end_exclusive"),
        "day_count": inputs.text("day_count"),
        "quotient_decimals": inputs.decimals("quotient_decimals"),
        **_period(inputs),
    }


def _inclusive_month_ratio(inputs: Inputs) -> Row:
    return {
        "amount": inputs.amount("amount"),
        "from_date": inputs.date("service_start"),
        "to_date": inputs.date("service_end_inclusive"),
        "day_count": inputs.text("day_count"),
        "quotient_decimals": inputs.decimals("quotient_decimals"),
    }


def _billing_cycles(inputs: Inputs) -> Row:
    inputs.needs("start_date", "target_date", "bill_cycle_day")
    bill_cycle_day = inputs.integer("bill_cycle_day")
    if not 1 <= bill_cycle_day <= _MOST_DAYS:
        raise UnsupportedError(f"No month has such a day: {bill_cycle_day}.")
    return {
        "from_date": inputs.date("start_date"),
        "to_date": inputs.date("end_date"),
        "target_date": inputs.date("target_date"),
        "billing_mode": inputs.text("billing_mode"),
        "bill_cycle_day": bill_cycle_day,
        "quotient_decimals": inputs.decimals("quotient_decimals"),
        **_period(inputs),
    }


def _months_plus_days(inputs: Inputs) -> Row:
    return {
        "amount": inputs.amount("amount_per_month"),
        "full_months": inputs.integer("full_months"),
        "partial_days": inputs.integer("partial_days"),
        "partial_denominator_days": inputs.integer("partial_denominator_days"),
        "quotient_decimals": inputs.decimals("quotient_decimals"),
    }


def _whole_periods(inputs: Inputs) -> Row:
    return {
        "from_date": inputs.date("start_date"),
        "to_date": inputs.date("end_date"),
        **_period(inputs),
    }


def _day_count(inputs: Inputs) -> Row:
    return {
        "from_at": inputs.instant("start"),
        "to_at": inputs.instant("end"),
        "time_zone": inputs.time_zone("timezone", "UTC"),
    }


def _credit_cap(inputs: Inputs) -> Row:
    inputs.needs("prorated_credit", "amount_billed")
    return {
        "amount": inputs.amount("prorated_credit"),
        "amount_billed": inputs.amount("amount_billed"),
        "previous_credits": inputs.amount("previous_credits", "0"),
    }


def _period(inputs: Inputs) -> Row:
    words = (inputs.text("billing_period") or "").split()
    if len(words) != 2 or not words[0].isdigit():
        raise UnsupportedError(f"This is no billing period: {words}.")
    length, unit = int(words[0]), words[1]
    if unit in _MONTHS:
        return {"period_length": length * _MONTHS[unit], "period_unit": "months"}
    if unit in _DAYS:
        return {"period_length": length * _DAYS[unit], "period_unit": "days"}
    raise UnsupportedError(f"This is no unit of a billing period: {unit}.")


def _plan_changes(case_id: str, method: str, inputs: Inputs) -> list[Row]:
    change = {
        "case_id": case_id,
        "period_from": inputs.date("period_start"),
        "period_to": inputs.date("period_end_exclusive"),
        "change_date": inputs.date("change_date"),
        "day_count": inputs.text("day_count"),
        "daily_rate_decimals": inputs.decimals("daily_rate_decimals"),
        **inputs.rounding(),
    }
    if method == "plan_change":
        return [change | _plans(0, None, change, inputs)]
    return [
        change | _plans(position, part.text("name"), change, part)
        for position, part in enumerate(inputs.parts("components", "name"))
    ]


def _plans(position: int, component: str | None, change: Row, inputs: Inputs) -> Row:
    row = {
        "position": position,
        "component": component,
        "old_amount": inputs.amount("old_amount"),
        "old_quantity": inputs.quantity("old_quantity", "1"),
        "new_amount": inputs.amount("new_amount"),
        "new_quantity": inputs.quantity("new_quantity", "1"),
        "is_one_time": inputs.boolean("one_time", False),
        "is_usage_based": inputs.boolean("usage_based", False),
    }
    is_of_one = {Decimal(row["old_quantity"]), Decimal(row["new_quantity"])} == {Decimal(1)}
    if change["daily_rate_decimals"] is not None and not is_of_one:
        raise UnsupportedError("Whether the daily rate is of one unit or of all is not said.")
    return row


_METHODS: dict[str, Callable[[Inputs], Row]] = {
    "fraction_of_period": _fraction_of_period,
    "seconds": _seconds,
    "ratio": _ratio,
    "inclusive_month_ratio": _inclusive_month_ratio,
    "billing_cycles": _billing_cycles,
    "months_plus_days": _months_plus_days,
    "whole_periods": _whole_periods,
    "day_count": _day_count,
    "credit_cap": _credit_cap,
}
