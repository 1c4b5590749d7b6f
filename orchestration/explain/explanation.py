"""An explanation: inputs with where they come from, arithmetic line by line, where to go on.

Belongs here: its parts, how numbers are written, and whether a line of arithmetic holds.
Does not: what explains which amount (usage, obligations, journals, documents), or printing (text).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction

from core.money import exponent, to_decimal
from orchestration.explain.arithmetic import evaluate, round_half_up

UNKNOWN = "unknown"
_QUANTITY_DECIMALS = 6
# More digits than a product of a quantity and a price has.
_MOST_DECIMALS = 40
_WIDE = Context(prec=100)

# What a figure is, and how it is written in an expression.
Operand = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A figure that nothing in the arithmetic computes, and who or what states it."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of arithmetic: name = expression = result unit.

    Attributes:
        operands: the figures in the expression, in its order, with what they are.
        result: what is stored, or what the expression comes to when nothing is stored for it.
        computed: what the expression comes to, when that is not the result.
    """

    name: str
    expression: str
    operands: tuple[Operand, ...]
    result: str
    result_minor: int | None
    unit: str
    is_proven: bool
    computed: str | None = None

    @property
    def words(self) -> str:
        """The line as it is printed."""
        return f"{self.name} = {self.expression} = {self.result} {self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Where an explanation goes on: what to ask for next, and what that is."""

    identifier: str
    words: str
    command: str = "explain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How an amount comes about.

    Attributes:
        title: the amount in words.
        rule: the rule in a sentence.
        references: where the rule is written down.
        notes: what else has to be said.
    """

    kind: str
    key: str
    title: str
    rule: str = ""
    references: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    onward: tuple[Onward, ...] = ()

    @property
    def is_proven(self) -> bool:
        """True when every line of arithmetic comes to what is stored."""
        return all(step.is_proven for step in self.steps)


def money_step(
    name: str, template: str, operands: Sequence[Operand], stored_minor: int | None, currency: str
) -> Step:
    """Return a line of arithmetic that ends in money.

    Args:
        name: what it computes.
        template: the expression, with `{}` for each operand.
        operands: its figures.
        stored_minor: what the books say it is; None when they do not know.
        currency: its currency.
    """
    places = exponent(currency)
    stored = None if stored_minor is None else Fraction(stored_minor, 10**places)
    result = UNKNOWN if stored_minor is None else f"{to_decimal(stored_minor, currency):,}"
    checked = _checked(name, template, operands, stored, places)
    computed = checked.computed
    if computed and "." in computed:
        computed += "0" * (places - len(computed.partition(".")[2]))
    return replace(
        checked, result=result, result_minor=stored_minor, unit=currency, computed=computed
    )


def sum_step(
    name: str, parts: Iterable[tuple[str, int | None]], stored_minor: int | None, currency: str
) -> Step:
    """Return a line that adds signed amounts up."""
    template, operands = "", []
    for what, minor in parts:
        is_negative = minor is not None and minor < 0
        joined = f" {'-' if is_negative else '+'} " if template else "-" if is_negative else ""
        template += f"{joined}{{}}"
        operands.append((what, money(None if minor is None else abs(minor), currency)))
    return money_step(name, template or "0", operands, stored_minor, currency)


def number_step(
    name: str, template: str, operands: Sequence[Operand], stored: Decimal | None, unit: str
) -> Step:
    """Return a line of arithmetic that ends in a quantity."""
    wanted = None if stored is None else Fraction(stored)
    checked = _checked(name, template, operands, wanted, _QUANTITY_DECIMALS)
    return replace(checked, result=UNKNOWN if stored is None else number(stored), unit=unit)


def interim_step(
    name: str,
    template: str,
    operands: Sequence[Operand],
    unit: str,
    stored: Decimal | None = None,
) -> Step:
    """Return a line that is not rounded: a line after it uses all its digits.

    Args:
        name: what it computes.
        template: the expression, with `{}` for each operand.
        operands: its figures.
        unit: what it counts.
        stored: what the books say it is, if they say it, to as many decimals as they keep.
    """
    value = _value(template, operands, _QUANTITY_DECIMALS)
    checked = replace(_checked(name, template, operands, value, _QUANTITY_DECIMALS), unit=unit)
    if stored is None or value is None:
        return checked
    if round_half_up(value, -int(stored.as_tuple().exponent)) == Fraction(stored):
        return checked
    return replace(checked, result=number(stored), is_proven=False, computed=_exact(value))


def money(amount_minor: int | None, currency: str) -> str:
    """Write an amount as an operand: without its currency, a negative one in brackets."""
    return (
        UNKNOWN if amount_minor is None else _bracketed(f"{to_decimal(amount_minor, currency):,}")
    )


def number(value: Decimal | int | None) -> str:
    """Write a quantity, a price or a number of days as an operand."""
    return UNKNOWN if value is None else _bracketed(_trimmed(f"{Decimal(value):,f}"))


def _checked(
    name: str, template: str, operands: Sequence[Operand], stored: Fraction | None, places: int
) -> Step:
    """Return a line with the verdict: it holds when its expression comes to what is stored."""
    value = _value(template, operands, places)
    is_proven = value == stored
    written = UNKNOWN if value is None else _exact(value)
    return Step(
        name=name,
        expression=template.format(*(text for _, text in operands)),
        operands=tuple(operands),
        result=written,
        result_minor=None,
        unit="",
        is_proven=is_proven,
        computed=None if is_proven else written,
    )


def _value(template: str, operands: Sequence[Operand], places: int) -> Fraction | None:
    texts = [text for _, text in operands]
    return None if UNKNOWN in texts else evaluate(template.format(*texts), places)


def _exact(value: Fraction) -> str:
    """Write a fraction as a decimal; one without end as its two parts."""
    for places in range(_MOST_DECIMALS):
        if 10**places % value.denominator == 0:
            scaled = Decimal(int(value * 10**places))
            return _trimmed(f"{scaled.scaleb(-places, _WIDE):,f}")
    return f"{value.numerator:,} / {value.denominator:,}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text
