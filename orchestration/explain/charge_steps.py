"""What stands between the tiers of a usage charge and its amount, line by line.

Belongs here: free units, discounts, limits and roundings of `usage.usage_charge_adjustments`.
Does not: quantities and tiers (usage).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.money import exponent
from orchestration.explain.books import Row
from orchestration.explain.explanation import Input, Operand, Step, interim_step, money_step, number

_WORDS = {
    "free_units": "free units",
    "rounding": "rounding",
    "percent_discount": "discount of a percentage",
    "fixed_discount": "discount of an amount",
    "maximum": "maximum",
    "minimum": "minimum",
    "overage": "overage",
    "spend_cap": "spend cap",
    "commitment": "commitment",
}
# What is not rounded yet is kept to this many decimals.
KEPT_DECIMALS = 18
_WHOLE = {"ceiling": "ceil({})", "floor": "floor({})", "half_up": "floor({} + 0.5)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the tiers of a charge come to: lines that lead there, and one expression."""

    steps: tuple[Step, ...]
    template: str
    operands: tuple[Operand, ...]


def rounded(template: str, decimals: int, mode: str, *, is_negative: bool = False) -> str:
    """Return an expression rounded to some decimals; ties of half_up go away from zero.

    Args:
        template: the expression, with `{}` for each operand.
        decimals: how many it keeps; below zero it loses whole places.
        mode: half_up, ceiling or floor.
        is_negative: whether it comes to less than zero.
    """
    turned = is_negative and mode == "half_up"
    inner = f"-({template})" if turned else f"({template})" if decimals else template
    factor = f"{10 ** abs(decimals):,}"
    if decimals:
        inner += f" x {factor}" if decimals > 0 else f" / {factor}"
    whole = _WHOLE[mode].replace("{}", inner)
    if decimals:
        whole += f" / {factor}" if decimals > 0 else f" x {factor}"
    return f"-({whole})" if turned else whole


def charge_step(charge: Row, template: str, costs: Sequence[Operand]) -> Step:
    """Return the last line of a charge: everything together, rounded once."""
    places = exponent(charge["currency"])
    decimals, mode = charge["rounding_decimals"], charge["rounding_mode"] or "half_up"
    if mode == "half_up" and decimals in {None, places}:
        template = f"round({template})"
    else:
        is_negative = (charge["charge_amount"] or 0) < 0
        template = rounded(template, decimals, mode, is_negative=is_negative)
    return money_step("charge", template, costs, charge["charge_minor"], charge["currency"])


def step_name(step: Row) -> str:
    """Return what a step is called in an explanation."""
    words = _WORDS[step["step_kind"]]
    return f"{words}, step {step['step_number']}"


def step_inputs(charge: Row, steps: Sequence[Row], plan: str) -> list[Input]:
    """Return what the price says of each step, and where."""
    return [
        Input(
            name=step_name(step),
            value=_term(charge, step),
            source=(
                f"price_discounts.csv; {plan}"
                if step["step_kind"].endswith("_discount")
                else f"price_charge_terms.csv; {plan}"
            ),
        )
        for step in steps
        if step["term_value"] is not None
    ]


def step_lines(charge: Row, steps: Sequence[Row]) -> tuple[list[Step], list[Operand]]:
    """Return the arithmetic of the steps that move the amount, and what each moves."""
    lines: list[Step] = []
    moved: list[Operand] = []
    for step in steps:
        if step["step_kind"] == "free_units":
            continue
        if step["step_kind"] != "overage" and step["limit_amount"] not in {
            None,
            step["term_value"],
        }:
            lines.append(_limit(charge, step))
        lines.append(_moved(charge, step))
        result = lines[-1].result
        moved.append((lines[-1].name, f"({result})" if result.startswith("-") else result))
    return lines, moved


def _term(charge: Row, step: Row) -> str:
    value = number(step["term_value"])
    if step["step_kind"] == "rounding":
        return f"{value} decimals, {charge['rounding_mode']}"
    if step["step_kind"] == "percent_discount":
        return f"{value} %"
    if step["step_kind"] == "overage":
        return f"{value} times what goes beyond the commitment"
    span = f"{step['span_start_date']} to {step['span_end_date']}"
    return f"{value} {charge['currency']} from {span}"


def _limit(charge: Row, step: Row) -> Step:
    """Return a limit for the days on which there is service."""
    days = (step["span_end_date"] - step["span_start_date"]).days + 1
    decimals = charge["rounding_decimals"]
    places = exponent(charge["currency"]) if decimals is None else decimals
    return interim_step(
        f"{step_name(step)}: for the days of service",
        rounded("{} x {} / {}", places, charge["rounding_mode"]),
        [
            (step_name(step), number(step["term_value"])),
            ("days of service", number(step["service_days"])),
            ("days", number(days)),
        ],
        charge["currency"],
        stored=step["limit_amount"],
    )


def _moved(charge: Row, step: Row) -> Step:
    kind = step["step_kind"]
    base: Operand = ("amount before", number(step["base_amount"]))
    term: Operand = ("as the price states", number(step["term_value"]))
    limit: Operand = ("limit", number(step["limit_amount"]))
    if kind == "rounding":
        is_negative = (step["base_amount"] or 0) < 0
        whole = rounded(
            "{}", int(step["term_value"]), charge["rounding_mode"], is_negative=is_negative
        )
        template, operands = f"{whole} - {{}}", [base, base]
    elif kind == "percent_discount":
        template, operands = "{} x {} / 100", [base, term]
    elif kind == "fixed_discount":
        template, operands = "max(min({}; {}); 0)", [base, term]
    elif kind in {"maximum", "spend_cap"}:
        template, operands = "max({} - {}; 0)", [base, limit]
    elif kind == "overage":
        template, operands = "max({} - {}; 0) x ({} - 1)", [base, limit, term]
        template = _as_the_price_rounds(charge, template, step)
    else:
        template, operands = "max({} - {}; 0)", [limit, base]
    if kind.endswith("_discount"):
        template = f"-{_as_the_price_rounds(charge, template, step)}"
    elif kind in {"maximum", "spend_cap"}:
        template = f"-{template}"
    if step["earlier_amount"]:
        template += " - {}"
        operands.append(("moved of earlier charges", number(step["earlier_amount"])))
    return interim_step(
        step_name(step), template, operands, charge["currency"], stored=step["amount"]
    )


def _as_the_price_rounds(charge: Row, template: str, step: Row) -> str:
    """Return a step rounded as the price says; what has no end is kept to 18 decimals."""
    base, term = step["base_amount"] or Decimal(0), Fraction(step["term_value"])
    decimals = charge["rounding_decimals"]
    if charge["rounding_place"] in {None, "charge"}:
        unrounded = {
            "percent_discount": Fraction(base) * term / 100,
            "overage": (Fraction(base) - Fraction(step["limit_amount"] or 0)) * (term - 1),
        }
        if not is_longer_than_kept(unrounded.get(step["step_kind"], Fraction(0))):
            return f"({template})"
        decimals = KEPT_DECIMALS
    return rounded(template, decimals, charge["rounding_mode"], is_negative=base < 0)


def is_longer_than_kept(value: Fraction) -> bool:
    """Return whether an amount that is not rounded yet has more decimals than are kept."""
    return bool(10**KEPT_DECIMALS % value.denominator)
