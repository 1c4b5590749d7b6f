"""What the events of a charge cost when its price looks at each by itself.

Belongs here: the cost of a percentage price, from its outcomes to one amount.
Does not: prices of quantities (usage).
"""

from collections.abc import Sequence

from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import Input, Operand, number

_OUTCOMES = """
    select * from usage.usage_charge_event_outcomes where usage_charge_id = $1 order by outcome
"""
_WORDS = {
    "free": "events that are free",
    "priced": "events at the rate and the fixed amount",
    "minimum": "events at the minimum",
    "maximum": "events at the maximum",
    "unknown": "events that have no price",
}


def read_event_outcomes(books: Books, charge: Row) -> list[Row]:
    """Return how the events of a charge were priced; nothing for prices of quantities."""
    if charge["price_model"] != "percentage":
        return []
    return books.ask(_OUTCOMES, charge["usage_charge_id"])


def event_inputs(charge: Row, outcomes: Sequence[Row]) -> list[Input]:
    """Return how many events ended how, and what they came to."""
    return [
        Input(
            name=_WORDS[row["outcome"]],
            value=f"{number(row['quantity'])} {charge['meter_code']}, paid"
            f" {number(row['paid_quantity'])}",
            source=f"{row['event_count']:,} usage events; price_event_terms.csv",
        )
        for row in outcomes
    ]


def cost_of_events(tier: Row, outcomes: Sequence[Row]) -> tuple[str, list[Operand]]:
    """Return the arithmetic of what all events cost together."""
    parts: list[str] = []
    operands: list[Operand] = []
    for row in outcomes:
        count: Operand = (_WORDS[row["outcome"]], number(row["event_count"]))
        if row["outcome"] == "priced":
            parts.append("{} x {} + {} x {}")
            operands += [
                ("paid quantity", number(row["paid_quantity"])),
                ("rate", number(tier["unit_price"])),
                count,
                ("fixed amount", number(row["fixed_amount"])),
            ]
        elif row["outcome"] in {"minimum", "maximum"}:
            parts.append("{} x {}")
            limit = row[f"{row['outcome']}_amount"]
            operands += [count, (f"{row['outcome']} of an event", number(limit))]
    return " + ".join(parts) or "0", operands
