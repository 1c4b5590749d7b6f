"""Cases of a price: quantities, tiers and terms as the columns of the price tables.

Belongs here: translating what a case of a price states.
Does not: pricing anything (the macros do).
"""

from collections.abc import Iterator
from typing import Any

from tests.conformance import price_lists
from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs, UnsupportedError

Row = dict[str, Any]

_WITH_QUANTITY = (
    "flat", "per_unit", "graduated", "volume", "graduated_percentage", "package", "dynamic",
    "block_graduated", "block_volume",
)  # fmt: skip


def translate(case_id: str, kind: str, inputs: Inputs) -> tuple[str, Rows]:
    """Return the query that prices a case, and its rows."""
    inputs.text("currency")
    model = inputs.choice("price_model", *_WITH_QUANTITY, *price_lists.MODELS)
    if model in price_lists.MODELS or (model == "dynamic" and inputs.has("events")):
        return "pricing_of_lists", price_lists.translate(case_id, model, inputs)
    return "rating", _with_quantity(case_id, kind, model, inputs)


def _with_quantity(case_id: str, kind: str, model: str, inputs: Inputs) -> Rows:
    scenario = inputs.choice("scenario", *_SCENARIOS, default=None)
    line_terms = _line_terms(kind, scenario, inputs)
    terms = {
        "case_id": case_id,
        "price_model": model,
        "scenario": scenario,
        "bills_first_flat_at_zero": inputs.boolean("bill_first_tier_flat_at_zero"),
        "package_size": inputs.quantity("package_size"),
        "package_rounding": _package_rounding(inputs),
        "free_quantity": _free_quantity(inputs),
        **_conversion(inputs),
        **line_terms,
        **inputs.rounding(),
    }
    quantities = list(_quantities(model, scenario, inputs))
    tiers = [
        {"case_id": case_id, "part": part, **tier}
        for part in {quantity["part"]: None for quantity in quantities}
        for tier in _tiers(model, part, inputs)
    ]
    inputs.end()
    return {
        "terms": [terms],
        "quantities": [{"case_id": case_id, **quantity} for quantity in quantities],
        "tiers": tiers,
    }


def _line_terms(kind: str, scenario: str | None, inputs: Inputs) -> Row:
    has_before = inputs.has("quantity_before") or inputs.has("metered_value_before")
    position = inputs.choice("line_position", "single", "first", "middle", "last", default=None)
    terms = {
        "billing_mode": inputs.choice("billing_mode", "advance", "arrears", default=None),
        "line_position": position or (None if has_before else "single"),
        "percent_discount": inputs.percent("percent_discount"),
        "minimum_amount": inputs.amount("minimum_amount"),
        "maximum_amount": inputs.amount("maximum_amount"),
        "amount_billed_before": inputs.amount("amount_billed_before"),
        "effective_decimals": inputs.decimals("effective_unit_amount_decimals"),
    }
    is_limited = terms["minimum_amount"] or terms["maximum_amount"]
    if kind == "rating" and scenario is None and terms["percent_discount"] and not is_limited:
        raise UnsupportedError("Whether the amount is before or after the discount is not said.")
    if scenario == "bucketed" and (is_limited or terms["percent_discount"]):
        raise UnsupportedError("Whether limits go for a bucket or for all is not said.")
    if terms["amount_billed_before"] and not is_limited and (has_before or scenario):
        raise UnsupportedError("What was billed before is said twice.")
    if terms["amount_billed_before"] and terms["percent_discount"] and not is_limited:
        raise UnsupportedError("Whether what was billed before was discounted is not said.")
    return terms


def _package_rounding(inputs: Inputs) -> str | None:
    return inputs.choice("package_rounding", "ceiling", "floor", "half_up", default="ceiling")


def _free_quantity(inputs: Inputs) -> str | None:
    free = [inputs.quantity("free_units"), inputs.quantity("usage_discount_quantity")]
    given = [quantity for quantity in free if quantity is not None]
    if len(given) > 1:
        raise UnsupportedError("Free units and a usage discount are one thing here.")
    return given[0] if given else None


def _conversion(inputs: Inputs) -> Row:
    given = inputs.raw("unit_conversion", None)
    if given is None:
        return {}
    conversion = Inputs(given)
    rounding = conversion.choice("rounding", "ceiling", "floor", "half_up", "none", default=None)
    decimals = conversion.integer("decimals")
    row = {
        "conversion_operation": conversion.choice("operation", "multiply", "divide"),
        "conversion_factor": conversion.amount("factor"),
        "conversion_rounding": rounding,
        "conversion_decimals": None if rounding in {None, "none"} else decimals or 0,
    }
    conversion.end()
    return row


def _quantities(model: str, scenario: str | None, inputs: Inputs) -> Iterator[Row]:
    if scenario is not None:
        yield from _SCENARIOS[scenario](inputs)
    elif model == "flat":
        yield _quantity("1")
    elif inputs.has("units"):
        for name, unit in inputs.raw("units").items():
            yield _quantity(inputs.exact(unit["quantity"], decimals=6, digits=12), part=name)
    elif inputs.has("group_quantities"):
        for name, quantity in inputs.raw("group_quantities").items():
            yield _quantity(inputs.exact(quantity, decimals=6, digits=12), part=name)
    else:
        metered = "metered_value" if model == "dynamic" and inputs.has("metered_value") else None
        yield _quantity(
            inputs.quantity(metered or "quantity"),
            before=inputs.quantity(f"{metered or 'quantity'}_before"),
            full=inputs.quantity("full_quantity"),
        )


def _bucket_quantities(inputs: Inputs) -> Iterator[Row]:
    for number, quantity in enumerate(inputs.items("bucket_quantities")):
        yield _quantity(inputs.exact(quantity, decimals=6, digits=12), period=number)


def _run_quantities(inputs: Inputs) -> Iterator[Row]:
    for number, run in enumerate(inputs.parts("runs", "cumulative_quantity")):
        quantity = run.quantity("cumulative_quantity")
        yield _quantity(quantity, run=number, is_final=run.boolean("final", False))


def _late_quantities(inputs: Inputs) -> Iterator[Row]:
    last_period = len(inputs.items("periods")) - 1
    for number, run in enumerate(inputs.parts("runs")):
        known = run.items("cumulative_by_period_end")
        if run.integer("period_index") != len(known) - 1:
            raise UnsupportedError("A run knows the quantities of other periods than its own.")
        for period, quantity in enumerate(known):
            yield _quantity(
                inputs.exact(quantity, decimals=6, digits=12),
                run=number,
                period=period,
                is_final=period == last_period,
            )


def _quantity(
    quantity: str | None,
    *,
    part: str = "",
    run: int = 0,
    period: int = 0,
    before: str | None = None,
    full: str | None = None,
    is_final: bool | None = None,
) -> Row:
    return {
        "part": part,
        "run_number": run,
        "period_number": period,
        "quantity": quantity,
        "quantity_before": before,
        "full_quantity": full,
        "is_final": is_final,
    }


def _tiers(model: str, part: str, inputs: Inputs) -> Iterator[Row]:
    if model == "flat":
        yield _tier(unit_price="0", flat_amount=inputs.amount("flat_amount"))
    elif model == "package":
        yield _tier(unit_price=inputs.price("package_amount"))
    elif model == "dynamic":
        yield _tier(unit_price=inputs.price("multiplier"))
    elif model == "per_unit":
        by_group = inputs.raw("group_unit_amounts", None) or {}
        of_rest = inputs.price("unit_amount")
        has_own = part in by_group
        own = inputs.exact(by_group[part], decimals=12, digits=8) if has_own else of_rest
        yield _tier(unit_price=own)
    elif model.startswith("block"):
        unit = Inputs(inputs.raw("units")[part]) if part else inputs
        yield from _block_tiers(unit)
    else:
        yield from price_lists.tiers(inputs)


def _block_tiers(unit: Inputs) -> Iterator[Row]:
    tiers = unit.parts("block_tiers", "block_size", "block_amount")
    ends = [tier.get("max_blocks", "") for tier in unit.items("block_tiers")]
    if "" in ends or None in ends[:-1]:
        raise UnsupportedError("Where a tier ends is not said.")
    for number, tier in enumerate(tiers, start=1):
        yield _tier(
            number,
            unit_price=tier.price("block_amount"),
            block_size=tier.count("block_size"),
            max_blocks=tier.count("max_blocks"),
        )


def _tier(number: int = 1, **terms: str | None) -> Row:
    return {"tier_number": number, "flat_amount": "0"} | terms


_SCENARIOS = {
    "bucketed": _bucket_quantities,
    "rerating_delta": _run_quantities,
    "late_usage_period_preserving": _late_quantities,
}
