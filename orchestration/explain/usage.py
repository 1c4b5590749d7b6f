"""Why a usage charge is what it is: days, included quantity, tiers, one rounding.

Belongs here: the explanation of one usage charge.
Does not: the revenue booked for it (journals).
"""

from decimal import Decimal

from core.money import format_amount
from orchestration.explain.books import Books, Row
from orchestration.explain.charge_steps import charge_step, step_inputs, step_lines
from orchestration.explain.corrections import correction_notes
from orchestration.explain.event_prices import event_inputs, read_event_outcomes
from orchestration.explain.explanation import Explanation, Input, Onward, Step, number
from orchestration.explain.measurements import measured_inputs, quantity_step, read_measurements
from orchestration.explain.prepaid import drawn_steps
from orchestration.explain.quantity_prices import quantity_cost, unit_word
from orchestration.explain.unit_prices import looks_at_units, read_units, unit_cost, unit_inputs

_CHARGE = "select * from usage.usage_charges where usage_charge_id = $1"
_DAYS = """
    select usage_date, quantity, event_count
    from usage.daily_usage
    where contract_line_id = $1 and contract_version_id = $2 and usage_date between $3 and $4
    order by usage_date
"""
_TIERS = "select * from usage.usage_charge_tiers where usage_charge_id = $1 order by tier_number"
_ADJUSTMENTS = """
    select * from usage.usage_charge_adjustments where usage_charge_id = $1 order by step_number
"""
_LINES = """
    select to_key as subledger_line_key
    from lineage.links
    where from_type = 'usage_charge' and from_key = $1 and to_type = 'subledger_line'
    order by to_key
"""
_RULES = {
    "flat": "a flat amount, whatever is used",
    "per_unit": "every unit costs the same",
    "graduated": "each tier prices the units between its bounds",
    "volume": "the tier that holds the whole quantity prices all of it",
    "package": "packages are paid whole",
    "dynamic": "the cost that was measured, times a factor",
    "percentage": "each event costs a part of what it comes to, and a fixed amount",
    "graduated_percentage": "each tier takes its part of the money between its bounds",
    "block_graduated": "units fill the tiers in order, and started blocks are paid in full",
    "block_volume": "the tier that holds the whole quantity sells all of it in its blocks",
    "capacity": "the flat amount of the first tier that holds what the month used of every unit",
    "prorated_graduated": "units pay for the days they stay, in the tiers they move through",
}
_REFERENCES = (
    "docs/accounting/recipes.md#usage",
    "ASC 606-10-32-40: fees for use belong to the period of the use",
)


def explain_charge(books: Books, charge_id: str) -> Explanation:
    """Explain a usage charge from the days of use to the minor unit."""
    (charge,) = books.ask(_CHARGE, charge_id)
    days = books.ask(
        _DAYS,
        charge["contract_line_id"],
        charge["contract_version_id"],
        charge["service_start_date"],
        charge["through_date"],
    )
    tiers = books.ask(_TIERS, charge_id)
    adjustments = books.ask(_ADJUSTMENTS, charge_id)
    units = read_units(books, charge)
    measurements = read_measurements(books, charge_id)
    outcomes = read_event_outcomes(books, charge)
    amount = charge["charge_minor"]
    said = "amount unknown" if amount is None else format_amount(amount, charge["currency"])
    return Explanation(
        kind="usage_charge",
        key=charge_id,
        title=(
            f"usage charge {charge_id}: {said} for {charge['meter_code']},"
            f" {charge['service_start_date']} to {charge['through_date']}"
        ),
        rule=(
            "quantity as its meter measures it, in units of the price, less what is included,"
            f" priced by tier ({_RULES.get(charge['price_model'], 'no price plan')}), discounted"
            " and limited as the price says, rounded once"
        ),
        references=_REFERENCES,
        inputs=(
            *_day_inputs(charge, days),
            *measured_inputs(charge, measurements),
            *event_inputs(charge, outcomes),
            *_price_inputs(charge, tiers, units, adjustments),
        ),
        steps=(
            quantity_step(charge, days, measurements),
            *_price_steps(charge, tiers, units, adjustments, outcomes),
            *drawn_steps(books, charge),
        ),
        notes=(*_notes(charge), *correction_notes(books, charge_id)),
        onward=(
            Onward(identifier=charge_id, words="the events behind it", command="trace"),
            *(
                Onward(identifier=line["subledger_line_key"][:8], words="a subledger line of it")
                for line in books.ask(_LINES, charge_id)
            ),
        ),
    )


def _day_inputs(charge: Row, days: list[Row]) -> list[Input]:
    return [
        Input(
            name=f"use on {day['usage_date']}",
            value=f"{number(day['quantity'])} {charge['meter_code']}",
            source=f"{day['event_count']:,} usage events",
        )
        for day in days
    ]


def _price_inputs(
    charge: Row, tiers: list[Row], units: list[Row], adjustments: list[Row]
) -> list[Input]:
    meter = charge["meter_code"]
    plan = f"prices.csv and price_tiers.csv, version {charge['price_version'] or 'none'}"
    included = Input(
        name="included quantity",
        value=f"{number(charge['included_quantity'])} {meter}",
        source=plan,
    )
    prices = [
        Input(name=f"tier {tier['tier_number']}", value=_tier_words(charge, tier), source=plan)
        for tier in tiers
    ]
    return [
        *_conversion_inputs(charge, plan),
        included,
        *prices,
        *unit_inputs(charge, units, plan),
        *step_inputs(charge, adjustments, plan),
    ]


def _conversion_inputs(charge: Row, plan: str) -> list[Input]:
    if charge["conversion_operation"] is None:
        return []
    return [
        Input(
            name="conversion",
            value=f"{charge['conversion_operation']} by {number(charge['conversion_factor'])}, to"
            f" {charge['conversion_decimals']} decimals, {charge['conversion_rounding']}",
            source=f"price_terms.csv; {plan}",
        )
    ]


def _price_steps(
    charge: Row,
    tiers: list[Row],
    units: list[Row],
    adjustments: list[Row],
    outcomes: list[Row],
) -> list[Step]:
    lines, moved = step_lines(charge, adjustments)
    if looks_at_units(charge):
        cost = unit_cost(charge, tiers, units, is_moved_on=bool(lines))
    else:
        cost = quantity_cost(charge, tiers, adjustments, outcomes)
    template = " + ".join([cost.template, *("{}" for _ in moved)])
    steps = [*cost.steps, *lines]
    if charge["charge_minor"] is not None or tiers:
        steps.append(charge_step(charge, template, [*cost.operands, *moved]))
    return steps


def _tier_words(charge: Row, tier: Row) -> str:
    currency = charge["currency"]
    if charge["price_model"] == "capacity":
        return f"{number(tier['flat_amount'])} {currency} a month"
    return (
        f"{number(tier['unit_price'])} {currency} per {unit_word(charge)}"
        f"{_flat_words(tier, currency)}, {_bounds(tier)}"
    )


def _flat_words(tier: Row, currency: str) -> str:
    return f" and {number(tier['flat_amount'])} {currency} once" if tier["flat_amount"] else ""


def _bounds(tier: Row) -> str:
    above, up_to = number(tier["above_quantity"]), tier["up_to_quantity"]
    if up_to is None:
        return f"above {above}" if Decimal(tier["above_quantity"]) else "any quantity"
    return f"above {above} up to {number(up_to)}"


def _notes(charge: Row) -> list[str]:
    if not charge["price_found"]:
        return [
            "The price plan, or the tier for this quantity, is missing: the amount is unknown, and"
            " unknown is not zero. `tieout exceptions` says what to do."
        ]
    if not charge["is_complete"]:
        return [f"The period is not over: days after {charge['through_date']} are still to come."]
    return []
