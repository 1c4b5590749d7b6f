"""What a charge costs when its price looks at units one by one: capacities, units that stay.

Belongs here: the tier that holds every unit, the moves of units through tiers, as arithmetic.
Does not: prices of one quantity (usage) or of events (event_prices).
"""

from collections.abc import Sequence
from decimal import Decimal

from orchestration.explain.arithmetic import evaluate
from orchestration.explain.books import Books, Row
from orchestration.explain.charge_steps import KEPT_DECIMALS, Cost, is_longer_than_kept, rounded
from orchestration.explain.explanation import Input, Operand, Step, interim_step, number

_CAPACITIES = """
    select * from usage.usage_charge_capacities where usage_charge_id = $1
    order by tier_number, unit
"""
_MOVES = """
    select * from usage.usage_charge_moves where usage_charge_id = $1
    order by tier_number, move_number
"""
_QUERIES = {"capacity": _CAPACITIES, "prorated_graduated": _MOVES}


def looks_at_units(charge: Row) -> bool:
    """Return whether the price of a charge looks at units one by one."""
    return charge["price_model"] in _QUERIES


def read_units(books: Books, charge: Row) -> list[Row]:
    """Return the units or moves that the price looked at; nothing for other prices."""
    if not looks_at_units(charge):
        return []
    return books.ask(_QUERIES[charge["price_model"]], charge["usage_charge_id"])


def unit_inputs(charge: Row, units: Sequence[Row], plan: str) -> list[Input]:
    """Return what the tiers of a capacity hold of each unit."""
    if charge["price_model"] != "capacity":
        return []
    return [
        Input(
            name=f"tier {row['tier_number']} holds",
            value=f"{number(row['max_quantity'])} {row['unit']}",
            source=f"price_capacity_limits.csv; {plan}",
        )
        for row in units
        if row["max_quantity"] is not None
    ]


def unit_cost(
    charge: Row, tiers: Sequence[Row], units: Sequence[Row], *, is_moved_on: bool
) -> Cost:
    """Return how the tiers come to their cost.

    Args:
        charge: the charge.
        tiers: its tiers that cost something.
        units: what its price looked at.
        is_moved_on: whether steps of the price go on from the cost, so that it needs an end.
    """
    is_capacity = charge["price_model"] == "capacity"
    cost = (_capacity if is_capacity else _stayed)(charge, tiers, units)
    if not is_moved_on:
        return cost
    template = cost.template
    expression = template.format(*(text for _, text in cost.operands))
    if is_longer_than_kept(evaluate(expression, KEPT_DECIMALS)):
        template = rounded(template, KEPT_DECIMALS, "half_up")
    together = interim_step("tiers together", template, cost.operands, charge["currency"])
    return Cost(
        steps=(*cost.steps, together), template="{}", operands=((together.name, together.result),)
    )


def _capacity(charge: Row, tiers: Sequence[Row], units: Sequence[Row]) -> Cost:
    numbers = sorted({row["tier_number"] for row in units})
    steps = [
        _exceeded(tier_number, [row for row in units if row["tier_number"] == tier_number])
        for tier_number in numbers
    ]
    if not tiers:
        return Cost(steps=tuple(steps), template="0", operands=())
    (tier,) = tiers
    template, operands = "{}", [_flat(tier)]
    charged, in_month = units[0]["days_charged"], units[0]["days_of_line"]
    if charged != in_month:
        template = "{} x {} / {}"
        operands += [
            ("days of the charge", number(charged)),
            ("days of the meter in the month", number(in_month)),
        ]
    if charge["rounding_place"] != "tier":
        return Cost(steps=tuple(steps), template=template, operands=tuple(operands))
    cost = _tier_step(charge, tier, template, operands)
    return Cost(steps=(*steps, cost), template="{}", operands=((cost.name, _operand(cost.result)),))


def _exceeded(tier_number: int, units: Sequence[Row]) -> Step:
    """Return by how much a tier is too small for the unit that exceeds it most."""
    held = [row for row in units if row["max_quantity"] is not None]
    operands: list[Operand] = []
    for row in held:
        operands.append((f"{row['unit']} used", number(row["quantity"])))
        operands.append((f"{row['unit']} it holds", number(row["max_quantity"])))
    template = f"max({'; '.join('{} - {}' for _ in held)}; 0)" if held else "0"
    return interim_step(f"tier {tier_number} is too small by", template, operands, "units")


def _stayed(charge: Row, tiers: Sequence[Row], units: Sequence[Row]) -> Cost:
    """Return the units of all tiers, for the days they stayed, and the flat amounts."""
    steps: list[Step] = []
    by_day: list[Operand] = []
    days = ("days of the month", number(units[0]["days_of_month"] if units else 1))
    rounds_tiers = charge["rounding_place"] == "tier"
    costs: list[Operand] = []
    is_nothing = _are_nothing(tiers, units)
    for tier in tiers:
        steps.append(_for_all_days(charge, tier, units))
        part: Operand = (steps[-1].name, _operand(steps[-1].result))
        by_day.append(part)
        if rounds_tiers:
            template, operands = ("0", []) if is_nothing else ("{} / {}", [part, days])
            if tier["flat_amount"]:
                template += " + {}"
                operands.append(_flat(tier))
            steps.append(_tier_step(charge, tier, template, operands))
            costs.append((steps[-1].name, _operand(steps[-1].result)))
    if rounds_tiers:
        template = " + ".join("{}" for _ in costs) or "0"
        return Cost(steps=tuple(steps), template=template, operands=tuple(costs))
    template, operands = "0", []
    if by_day and not is_nothing:
        template = f"({' + '.join('{}' for _ in by_day)}) / {{}}"
        operands = [*by_day, days]
    for tier in tiers:
        if tier["flat_amount"]:
            template += " + {}"
            operands.append(_flat(tier))
    return Cost(steps=tuple(steps), template=template, operands=tuple(operands))


def _for_all_days(charge: Row, tier: Row, units: Sequence[Row]) -> Step:
    """Return what the units of a tier cost in a month of one day."""
    template, operands = "", []
    for row in units:
        if row["tier_number"] != tier["tier_number"]:
            continue
        sign = "-" if row["tier_quantity"] < 0 else "+"
        template += f" {sign} {{}} x {{}}" if template else f"{sign.strip('+')}{{}} x {{}}"
        moved = "there before" if row["is_carried"] else f"moved on {row['move_date']}"
        operands.append((moved, number(abs(row["tier_quantity"]))))
        operands.append(("its days", number(row["days_counted"])))
    operands.append(("unit price", number(tier["unit_price"])))
    return interim_step(
        f"tier {tier['tier_number']} times days",
        f"({template or '0'}) x {{}}",
        operands,
        charge["currency"],
    )


def _are_nothing(tiers: Sequence[Row], units: Sequence[Row]) -> bool:
    """Return whether units end below none, or come to less than nothing: then they are free."""
    prices = {tier["tier_number"]: tier["unit_price"] for tier in tiers}
    end = sum((row["tier_quantity"] for row in units), Decimal(0))
    cost = sum(
        (
            row["tier_quantity"] * row["days_counted"] * prices.get(row["tier_number"], 0)
            for row in units
        ),
        Decimal(0),
    )
    return end < 0 or cost < 0


def _tier_step(charge: Row, tier: Row, template: str, operands: list[Operand]) -> Step:
    """Return what a tier costs where the price rounds its tiers."""
    is_negative = tier["amount"] < 0
    decimals, mode = charge["rounding_decimals"], charge["rounding_mode"]
    return interim_step(
        f"tier {tier['tier_number']} costs",
        rounded(template, decimals, mode, is_negative=is_negative),
        operands,
        charge["currency"],
        stored=tier["amount"],
    )


def _flat(tier: Row) -> Operand:
    return (f"flat amount of tier {tier['tier_number']}", number(tier["flat_amount"]))


def _operand(result: str) -> str:
    return f"({result})" if result.startswith("-") else result
