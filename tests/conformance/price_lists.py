"""Cases priced from a list: percentages of events, priced events, capacity, units that stay, lines.

Belongs here: translating what such a case states, and the tiers of a price.
Does not: pricing anything (the macros do).
"""

from collections.abc import Iterator
from typing import Any

from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs, UnsupportedError

Row = dict[str, Any]

MODELS = ("percentage", "capacity", "prorated_graduated", "amount_rounding", "line_sum")


def translate(case_id: str, model: str, inputs: Inputs) -> Rows:
    """Return the rows of a case that is priced from a list."""
    billed_before = inputs.amount("amount_billed_before") if model == "capacity" else None
    terms = {
        "case_id": case_id,
        "price_model": model,
        "bills_first_flat_at_zero": inputs.boolean("bill_first_tier_flat_at_zero"),
        "amount_billed_before": billed_before,
        "effective_decimals": inputs.decimals("effective_unit_amount_decimals"),
        **inputs.rounding(),
    }
    rows = _LISTS[model](case_id, inputs)
    inputs.end()
    return {"terms": [terms], **rows}


def tiers(inputs: Inputs) -> Iterator[Row]:
    """Return the tiers of a price in their order."""
    ends = [tier.get("up_to", "") for tier in inputs.items("tiers")]
    if "" in ends or None in ends[:-1]:
        raise UnsupportedError("Where a tier ends is not said.")
    for number, tier in enumerate(inputs.parts("tiers"), start=1):
        yield {
            "tier_number": number,
            "up_to_quantity": tier.quantity("up_to"),
            "unit_price": tier.price("unit_amount"),
            "rate_percent": tier.rate("rate_percent"),
            "flat_amount": tier.amount("flat_amount", "0"),
            "tier_cap": tier.amount("tier_cap"),
        }


def _percentage_events(case_id: str, inputs: Inputs) -> Rows:
    terms = {
        "case_id": case_id,
        "free_events": inputs.integer("free_events"),
        "free_amount": inputs.quantity("free_amount"),
        "rate_percent": inputs.rate("rate_percent"),
        "fixed_amount_per_event": inputs.amount("fixed_amount_per_event", "0"),
        "minimum_per_event": inputs.amount("transaction_minimum"),
        "maximum_per_event": inputs.amount("transaction_maximum"),
    }
    amounts = [
        {**terms, "position": position, "amount": inputs.exact(amount, decimals=6, digits=12)}
        for position, amount in enumerate(inputs.items("transaction_amounts"))
    ]
    return {"percentage_events": amounts}


def _capacity(case_id: str, inputs: Inputs) -> Rows:
    tiers, limits = [], []
    for number, tier in enumerate(inputs.parts("capacity_tiers", "amount"), start=1):
        tiers.append(
            {"case_id": case_id, "tier_number": number, "amount": tier.amount("amount")}
        )  # fmt: skip
        limits += [
            {
                "case_id": case_id,
                "tier_number": number,
                "unit": unit,
                "max_quantity": most and inputs.exact(most, decimals=6, digits=12),
            }
            for unit, most in tier.raw("max_by_unit").items()
        ]
    known = {(limit["tier_number"], limit["unit"]) for limit in limits}
    quantities = inputs.raw("quantities")
    if any((tier["tier_number"], unit) not in known for tier in tiers for unit in quantities):
        raise UnsupportedError("A unit is used that not every tier limits.")
    return {
        "capacity_tiers": tiers,
        "capacity_limits": limits,
        "capacity_quantities": [
            {
                "case_id": case_id,
                "unit": unit,
                "quantity": inputs.exact(quantity, decimals=6, digits=12),
            }
            for unit, quantity in quantities.items()
        ],
    }


def _units_that_stay(case_id: str, inputs: Inputs) -> Rows:
    inputs.needs("bill_first_tier_flat_at_zero")
    of_price = [{"case_id": case_id, "part": "", **tier} for tier in tiers(inputs)]
    if inputs.has("events"):
        moves = [
            {
                "quantity": event.quantity("quantity"),
                "prorated_quantity": event.quantity("prorated_quantity"),
            }
            for event in inputs.parts("events", "quantity", "prorated_quantity")
        ]
    else:
        moves = _dated_moves(inputs)
    return {
        "tiers": of_price,
        "unit_moves": [
            {"case_id": case_id, "position": position, **move}
            for position, move in enumerate(moves)
        ],
    }


def _dated_moves(inputs: Inputs) -> list[Row]:
    inputs.needs("period_start", "period_end_exclusive")
    period = {
        "period_start": inputs.date("period_start"),
        "period_end": inputs.date("period_end_exclusive"),
    }
    period["full_period_end"] = inputs.date("full_period_end_exclusive", period["period_end"])
    carried = {
        "moved_on": period["period_start"],
        "quantity": inputs.quantity("carried_quantity", "0"),
    }
    dated = [
        {"moved_on": event.date("date"), "quantity": event.quantity("quantity")}
        for event in inputs.parts("dated_events", "date", "quantity")
    ]
    if any(not period["period_start"] <= m["moved_on"] < period["period_end"] for m in dated):
        raise UnsupportedError("A move lies outside the period.")
    return [{**period, **move} for move in [carried, *sorted(dated, key=lambda m: m["moved_on"])]]


def _lines(case_id: str, inputs: Inputs) -> Rows:
    amounts = (
        inputs.items("line_amounts")
        if inputs.has("line_amounts")
        else [inputs.raw("unrounded_amount")]
    )
    return {
        "line_amounts": [
            {
                "case_id": case_id,
                "position": position,
                "amount": inputs.exact(amount, decimals=12, digits=12),
            }
            for position, amount in enumerate(amounts)
        ]
    }


def _priced_events(case_id: str, inputs: Inputs) -> Rows:
    return {
        "line_amounts": [
            {
                "case_id": case_id,
                "position": position,
                "quantity": event.quantity("quantity"),
                "amount": event.amount("price"),
            }
            for position, event in enumerate(inputs.parts("events", "quantity", "price"))
        ]
    }


_LISTS = {
    "percentage": _percentage_events,
    "capacity": _capacity,
    "prorated_graduated": _units_that_stay,
    "amount_rounding": _lines,
    "line_sum": _lines,
    "dynamic": _priced_events,
}
