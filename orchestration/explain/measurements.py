"""How a meter made the quantity of a charge of its usage.

Belongs here: sums of days, and what other aggregations measured, as one line of arithmetic.
Does not: what the quantity costs (usage).
"""

from collections.abc import Sequence

from orchestration.explain.books import Books, Row
from orchestration.explain.charge_steps import rounded
from orchestration.explain.explanation import Input, Operand, Step, number, number_step

_DECIMALS = 6
_MEASUREMENTS = """
    select * from usage.usage_measurements where usage_charge_id = $1
    order by measured_date, group_value
"""
_WORDS = {
    "sum": "units there at the end of {events}",
    "count": "number of {events}",
    "max": "largest of {events}",
    "latest": "last of {events}",
    "unique_count": "different values of {events}",
    "weighted_sum": "units times microseconds of {events}",
    "prorated_sum": "units times days of {events}",
    "prorated_unique_count": "different values times days of {events}",
}


def read_measurements(books: Books, charge_id: str) -> list[Row]:
    """Return what the meter of a charge measured; nothing when it only adds quantities up."""
    return books.ask(_MEASUREMENTS, charge_id)


def measured_inputs(charge: Row, measurements: Sequence[Row]) -> list[Input]:
    """Return what was measured, of how many events, and by which declaration."""
    return [
        Input(
            name=_name(row),
            value=number(row["measured_value"]),
            source=_WORDS[row["aggregation"]].format(events=f"{row['event_count']:,} usage events")
            + f"; meter {charge['meter_code']} of meters.csv",
        )
        for row in measurements
    ]


def quantity_step(charge: Row, days: Sequence[Row], measurements: Sequence[Row]) -> Step:
    """Return the line that ends in the quantity of the charge."""
    meter, quantity = charge["meter_code"], charge["quantity"]
    if not measurements:
        used: list[Operand] = [(str(day["usage_date"]), number(day["quantity"])) for day in days]
        if charge["aggregation"] != "sum":
            used = []
        return number_step("quantity", _sum_of(used), used, quantity, meter)
    measured: list[Operand] = [(_name(row), number(row["measured_value"])) for row in measurements]
    template, operands = _sum_of(measured), list(measured)
    first = measurements[0]
    if first["days_charged"] != first["days_of_line"]:
        template = f"({template}) x {{}}"
        operands.append(("days of the charge", number(first["days_charged"])))
    divisors: list[Operand] = []
    if first["days_charged"] != first["days_of_line"]:
        divisors.append(("days of the meter in the month", number(first["days_of_line"])))
    if first["period_weight"] != 1:
        divisors.append((_period(first), number(first["period_weight"])))
    if not divisors:
        return number_step("quantity", template, operands, quantity, meter)
    template = f"({template}) / ({' x '.join('{}' for _ in divisors)})"
    is_negative = quantity is not None and quantity < 0
    template = rounded(template, _DECIMALS, "half_up", is_negative=is_negative)
    return number_step("quantity", template, operands + divisors, quantity, meter)


def _sum_of(operands: Sequence[Operand]) -> str:
    return " + ".join("{}" for _ in operands) or "0"


def _name(row: Row) -> str:
    parts = [str(row["measured_date"] or ""), row["group_value"]]
    return " ".join(["measured", *(part for part in parts if part)])


def _period(row: Row) -> str:
    unit = "microseconds" if row["aggregation"] == "weighted_sum" else "days"
    return f"{unit} of the month"
