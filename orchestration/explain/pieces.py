"""Pieces of a subledger line, and the two ways an amount gets its functional one.

Belongs here: amount x rate, and the share of an amount that was converted before.
Does not: which pieces a line has (causes, invoice_causes, settlement_causes).
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from core.money import exponent
from orchestration.explain.books import Row
from orchestration.explain.explanation import (
    Input,
    Onward,
    Operand,
    Step,
    money,
    money_step,
    number,
)

# Recognition is matched to billing in 10,000ths of the minor unit.
_FINE_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One summand of a subledger line.

    Attributes:
        words: what it is.
        minor: its signed amount; None when it is not known.
        functional_minor: the same in the books' currency.
        steps: how the amount comes about.
        functional_steps: how the functional amount comes about.
    """

    words: str
    minor: int | None
    functional_minor: int | None
    steps: tuple[Step, ...] = ()
    functional_steps: tuple[Step, ...] = ()
    inputs: tuple[Input, ...] = ()
    onward: tuple[Onward, ...] = ()


def times_rate(name: str, row: Row, minor: int | None, rate: str, stored: int | None) -> Step:
    """Return amount x rate, rounded once."""
    operands = [("amount", money(minor, row["currency"])), ("rate", number(row[rate]))]
    return money_step(name, "round({} x {})", operands, stored, row["functional_currency"])


def share_step(
    name: str,
    whole: tuple[int | None, str],
    span: tuple[int | None, int | None, int | None, str],
    stored: int | None,
    *,
    fine: bool = False,
) -> Step:
    """Return the part of a converted amount that lies between two points of the unconverted one.

    Args:
        name: what it is.
        whole: the converted amount and its currency.
        span: from, to, and all of the unconverted amount, with its currency.
        stored: what the books say it is.
        fine: the points are counted in 10,000ths of the minor unit.
    """
    minor, currency = whole
    start, stop, total, other = span
    of = ("all of it", money(total, other))
    converted = ("its amount in the books", money(minor, currency))
    template = "round({} x {} / {})"
    operands: list[Operand] = [converted, ("up to here", _point(stop, other, fine=fine)), of]
    if start != 0:
        template += " - round({} x {} / {})"
        operands += [converted, ("before it", _point(start, other, fine=fine)), of]
    return money_step(name, template, operands, stored, currency)


def step_onward(row: Row) -> Onward:
    """Return the way on from a step of recognition to what it is of."""
    if row["step_kind"] == "usage":
        return Onward(identifier=row["cause_key"], words="the usage charge")
    if row["step_kind"] in {"drawn", "expired"}:
        credit_id = row["cause_key"].partition(f"|{row['step_kind']}")[0]
        return Onward(identifier=credit_id, words="the prepaid credit")
    identifier = f"{row['cause_key']}:{row['accounting_period']}"
    return Onward(identifier=identifier, words="the revenue schedule line")


def negated(piece: Piece) -> Piece:
    """Return a piece on the other side."""
    minor, functional = piece.minor, piece.functional_minor
    return replace(
        piece,
        minor=None if minor is None else -minor,
        functional_minor=None if functional is None else -functional,
    )


def without_amount(piece: Piece) -> Piece:
    """Return a piece of an exchange difference: it has no amount but the functional one."""
    return replace(piece, minor=0, steps=())


def settled_step(name: str, row: Row) -> Step:
    """Return what an amount relieves of a receivable: its part within the invoice's total."""
    currency = row["currency"]
    position, amount = row["position_to"], row["amount_minor"]
    total = ("the invoice's total", money(row["total_minor"], currency))
    reached = ("settled with it if there were no end", money(position, currency))
    within = "min({}; {})"
    if None in {position, amount} or min(position, position - amount) < 0:
        within = "max(min({}; {}); 0)"
    operands = [reached, total, reached, ("the amount", money(amount, currency)), total]
    template = f"{within} - {within.replace('{}', '{} - {}', 1)}"
    return money_step(name, template, operands, row["receivable_minor"], currency)


def rate_input(row: Row, rate: str, rate_id: str) -> tuple[Input, ...]:
    """Return the exchange rate as an input, where there is one to speak of."""
    if row["currency"] == row["functional_currency"]:
        return ()
    source = f"fx_rates.csv, {row[rate_id] or 'no rate for that day'}"
    return (Input(name="exchange rate", value=number(row[rate]), source=source),)


def _point(minor: int | None, currency: str, *, fine: bool) -> str:
    if minor is None or not fine:
        return money(minor, currency)
    if minor % 10**_FINE_DECIMALS == 0:
        return money(minor // 10**_FINE_DECIMALS, currency)
    return number(Decimal(minor).scaleb(-exponent(currency) - _FINE_DECIMALS))
