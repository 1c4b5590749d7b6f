"""What became of a prepaid credit, and of what was paid for it.

Belongs here: the explanation of one credit, movement by movement, and of what it pays of a charge.
Does not: how the charge comes about (usage), or the lines that are booked (journals).
"""

from core.money import format_amount
from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import (
    Explanation,
    Input,
    Onward,
    Operand,
    Step,
    money,
    money_step,
    number,
    sum_step,
)

_CREDIT = "select * from usage.prepaid_credits where prepaid_credit_id = $1"
_MOVEMENTS = """
    select * from usage.prepaid_credit_movements
    where prepaid_credit_id = $1
    order by used_through_minor, case movement_kind when 'granted' then 0 else 1 end
"""
_DRAWN = """
    select * from usage.prepaid_credit_movements
    where usage_charge_id = $1
    order by movement_date, prepaid_credit_id
"""
_REFERENCES = (
    "docs/accounting/recipes.md#prepaid-credit",
    "ASC 606-10-55-46 to 49: credit that customers do not use",
)


def explain_credit(books: Books, credit_id: str) -> Explanation:
    """Explain a prepaid credit from its grant to what is left, and the revenue on the way."""
    (credit,) = books.ask(_CREDIT, credit_id)
    movements = books.ask(_MOVEMENTS, credit_id)
    currency = credit["currency"]
    return Explanation(
        kind="prepaid_credit",
        key=credit_id,
        title=(
            f"prepaid credit {credit_id}: {format_amount(credit['left_minor'], currency)} left,"
            f" {format_amount(credit['unearned_minor'], currency)} of its price not earned"
        ),
        rule=(
            "usage from its first to its last day draws it, after credit with a lower priority or"
            " an earlier end; its price is revenue as it is used, the rest when it expires"
        ),
        references=_REFERENCES,
        inputs=tuple(_inputs(books, credit, movements)),
        steps=tuple(_steps(credit, movements)),
        onward=tuple(
            Onward(identifier=row["usage_charge_id"], words="a usage charge it pays")
            for row in movements
            if row["usage_charge_id"]
        ),
    )


def drawn_steps(books: Books, charge: Row) -> list[Step]:
    """Return what prepaid credit pays of a charge, and what is left for an invoice."""
    drawn = books.ask(_DRAWN, charge["usage_charge_id"])
    if not drawn:
        return []
    left = charge["charge_minor"] + sum(row["amount_minor"] for row in drawn)
    parts = [("charge", charge["charge_minor"])]
    parts += [(row["prepaid_credit_id"], row["amount_minor"]) for row in drawn]
    return [sum_step("left for an invoice", parts, left, charge["currency"])]


def _inputs(books: Books, credit: Row, movements: list[Row]) -> list[Input]:
    currency, event = credit["currency"], books.event(credit["event_key"])
    return [
        Input(name="credit", value=format_amount(credit["granted_minor"], currency), source=event),
        Input(name="price", value=format_amount(credit["price_minor"], currency), source=event),
        Input(
            name="left of the price",
            value=format_amount(credit["kept_price_minor"], currency),
            source="the price, less credit memos",
        ),
        Input(
            name="expected never to be used",
            value=f"{movements[0]['breakage_percent']} %",
            source="policy prepaid_breakage_percent",
        ),
    ]


def _steps(credit: Row, movements: list[Row]) -> list[Step]:
    """Return balance and revenue after each movement, then what both come to."""
    currency = credit["currency"]
    steps, balance, through = [], 0, 0
    for row in movements:
        name = _name(row)
        if row["movement_kind"] != "granted":
            parts = [("balance before", balance), (name, row["amount_minor"])]
            steps.append(sum_step(f"balance, {name}", parts, row["balance_minor"], currency))
            steps.append(_revenue_step(name, row, through))
        balance, through = row["balance_minor"], row["revenue_through_minor"]
    return [
        *steps,
        sum_step(
            "left",
            [
                ("granted", credit["granted_minor"]),
                ("drawn", -credit["drawn_minor"]),
                ("expired", -credit["expired_minor"]),
            ],
            credit["left_minor"],
            currency,
        ),
        sum_step(
            "not earned",
            [
                ("left of the price", credit["kept_price_minor"]),
                ("revenue of what was drawn", -credit["drawn_revenue_minor"]),
                ("revenue of what expired", -credit["breakage_revenue_minor"]),
            ],
            credit["unearned_minor"],
            currency,
        ),
    ]


def _revenue_step(name: str, row: Row, before_minor: int) -> Step:
    """Return the revenue of a movement: what use through it is worth, less what was before it."""
    currency = row["currency"]
    before: Operand = ("revenue before", money(before_minor, currency))
    kept: Operand = ("left of the price", money(row["kept_price_minor"], currency))
    if row["movement_kind"] == "expired":
        return money_step(
            f"revenue, {name}", "{} - {}", [kept, before], row["revenue_minor"], currency
        )
    operands: list[Operand] = [
        ("price", money(row["price_minor"], currency)),
        ("used through it", money(row["used_through_minor"], currency)),
    ]
    template = "round({} x {} / {})"
    if row["breakage_percent"]:
        template = "round({} x {} x 100 / ({} x {}))"
    operands.append(("credit", money(row["credit_minor"], currency)))
    if row["breakage_percent"]:
        operands.append(("percent to be used", number(100 - row["breakage_percent"])))
    return money_step(
        f"revenue, {name}",
        f"min({template}; {{}}) - {{}}",
        [*operands, kept, before],
        row["revenue_minor"],
        currency,
    )


def _name(row: Row) -> str:
    if row["movement_kind"] == "expired":
        return f"expired on {row['movement_date']}"
    return f"drawn by {row['usage_charge_id']}"
