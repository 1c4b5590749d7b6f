"""What a charge costs when its price looks at one quantity: conversion, what is free, tiers.

Belongs here: what is paid for, and what each tier takes of it and costs.
Does not: how the quantity was measured (measurements); prices of units (unit_prices).
"""

from decimal import Decimal

from orchestration.explain.arithmetic import evaluate
from orchestration.explain.books import Row
from orchestration.explain.charge_steps import KEPT_DECIMALS, Cost, is_longer_than_kept, rounded
from orchestration.explain.event_prices import cost_of_events
from orchestration.explain.explanation import (
    UNKNOWN,
    Operand,
    Step,
    interim_step,
    number,
    number_step,
)


def quantity_cost(
    charge: Row, tiers: list[Row], adjustments: list[Row], outcomes: list[Row]
) -> Cost:
    """Return how the tiers come to their cost.

    Args:
        charge: the charge.
        tiers: its tiers that take or cost something.
        adjustments: steps of its price, of which free units come before the tiers.
        outcomes: what became of its events, where its price looks at each.
    """
    steps = [*_conversion_steps(charge), _billable(charge, adjustments)]
    costs: list[Operand] = []
    for tier in tiers:
        cost = _cost(charge, tier, outcomes)
        costs.append((cost.name, cost.result))
        steps += [_taken(charge, tier), cost]
    template = " + ".join("{}" for _ in costs) or "0"
    return Cost(steps=tuple(steps), template=template, operands=tuple(costs))


def _billable(charge: Row, adjustments: list[Row]) -> Step:
    included: Operand = ("included quantity", number(charge["included_quantity"]))
    template, operands = "max({} - {}; 0)", [_countable(charge), included]
    for step in adjustments:
        if step["step_kind"] == "free_units":
            template += " - {}"
            operands.append(("free units", number(step["quantity"])))
    quantity, meter = charge["billable_quantity"], charge["meter_code"]
    return number_step("billable quantity", template, operands, quantity, meter)


def _countable(charge: Row) -> Operand:
    if charge["conversion_operation"] is None:
        return ("quantity", number(charge["quantity"]))
    return ("converted quantity", _number_or_unknown(charge["converted_quantity"]))


def _conversion_steps(charge: Row) -> list[Step]:
    """Return how the measured quantity is brought into the units of the price."""
    if charge["conversion_operation"] is None:
        return []
    sign = "/" if charge["conversion_operation"] == "divide" else "x"
    template = rounded(
        f"{{}} {sign} {{}}", charge["conversion_decimals"], charge["conversion_rounding"]
    )
    return [
        number_step(
            "converted quantity",
            template,
            [
                ("quantity", number(charge["quantity"])),
                ("conversion factor", number(charge["conversion_factor"])),
            ],
            charge["converted_quantity"],
            charge["meter_code"],
        )
    ]


def _number_or_unknown(value: Decimal | None) -> str:
    return UNKNOWN if value is None else number(value)


def _taken(charge: Row, tier: Row) -> Step:
    """Return how much of the billable quantity a tier takes."""
    billable = ("billable quantity", number(charge["billable_quantity"]))
    model = charge["price_model"]
    template, operands = "{}", [billable]
    if model in {"graduated", "graduated_percentage", "block_graduated"}:
        above: Operand = ("bound of the tier before", number(tier["above_quantity"]))
        if tier["up_to_quantity"] is None:
            template, operands = "{} - {}", [billable, above]
        else:
            template = "min({}; {}) - {}"
            operands = [billable, ("bound", number(tier["up_to_quantity"])), above]
    if model == "flat":
        template, operands = "0", []
    elif model == "package":
        template = rounded("{} / {}", 0, charge["package_rounding"])
        operands.append(("package size", number(charge["package_size"])))
    elif model.startswith("block"):
        template = f"ceil(({template}) / {{}})"
        operands.append(("block size", number(tier["block_size"])))
    return number_step(
        f"tier {tier['tier_number']} takes",
        template,
        operands,
        tier["quantity"],
        unit_word(charge, 2),
    )


def _cost(charge: Row, tier: Row, outcomes: list[Row]) -> Step:
    """Return what a tier costs, exactly: it is not rounded."""
    operands: list[Operand] = [
        ("quantity", number(tier["quantity"])),
        ("unit price", number(tier["unit_price"])),
    ]
    template = "{} x {}"
    if charge["price_model"] == "percentage":
        template, operands = cost_of_events(tier, outcomes)
    if tier["flat_amount"]:
        template += " + {}"
        operands.append(("flat amount", number(tier["flat_amount"])))
    if tier["maximum_amount"] is not None:
        template = f"min({template}; {{}})"
        operands.append(("maximum of the tier", number(tier["maximum_amount"])))
    if charge["flat_days"] is not None:
        template, operands = _for_its_days(charge, template, operands)
    if charge["rounding_place"] == "tier":
        template = rounded(
            template,
            charge["rounding_decimals"],
            charge["rounding_mode"],
            is_negative=tier["amount"] < 0,
        )
    return interim_step(
        f"tier {tier['tier_number']} costs",
        template,
        operands,
        charge["currency"],
        stored=tier["amount"],
    )


def _for_its_days(charge: Row, template: str, operands: list[Operand]) -> tuple[str, list[Operand]]:
    """Return what of a flat amount falls to the days of a charge; kept to 18 decimals."""
    template = f"({template}) x {{}} / {{}}"
    operands = [
        *operands,
        ("days of the charge", number(charge["flat_days"])),
        ("days of the month", number(charge["flat_month_days"])),
    ]
    exact = evaluate(template.format(*(text for _, text in operands)), KEPT_DECIMALS)
    if charge["rounding_place"] != "tier" and is_longer_than_kept(exact):
        template = rounded(template, KEPT_DECIMALS, "half_up")
    return template, operands


def unit_word(charge: Row, count: int = 1) -> str:
    """Return what a price counts: packages, blocks, or what is measured."""
    packed = {"package": "package", "block_graduated": "block", "block_volume": "block"}
    if charge["price_model"] in packed:
        return packed[charge["price_model"]] + ("" if count == 1 else "s")
    return str(charge["meter_code"])
