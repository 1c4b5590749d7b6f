"""Printed arithmetic, worked out exactly: what people read is what is checked.

    round(36,000.00 x 31 / 365) - round(36,000.00 x 0 / 365)

Numbers may have thousands separators and decimals. `round` rounds half away from zero to the
decimals of the result, `ceil` up and `floor` down to a whole number; `max` and `min` separate what
they compare by semicolons.

Belongs here: reading and evaluating one expression with fractions.
Does not: which expression explains an amount (usage, obligations, journals, documents).
"""

import re
from collections.abc import Callable
from fractions import Fraction

from core.errors import TieoutError

_SYMBOL = re.compile(
    r"\s*(?:(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<name>round|ceil|floor|max|min)"
    r"|(?P<sign>[-+x/();]))"
)


class UnreadableError(TieoutError):
    """A text is no arithmetic."""


def evaluate(expression: str, decimals: int) -> Fraction:
    """Return the exact value of an expression.

    Args:
        expression: what was printed.
        decimals: what `round` rounds to.

    Raises:
        UnreadableError: the text cannot be read, or divides by zero.

    >>> evaluate("round(36,000.00 x 31 / 365)", 2)
    Fraction(305753, 100)
    """
    return _Reader(expression, decimals).value()


def round_half_up(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero, as the books do."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


class _Reader:
    """One pass over the symbols of an expression."""

    def __init__(self, expression: str, decimals: int) -> None:
        self._expression = expression
        self._decimals = decimals
        self._symbols = self._split()
        self._at = 0

    def value(self) -> Fraction:
        result = self._sum()
        if self._at < len(self._symbols):
            raise self._unreadable()
        return result

    def _split(self) -> list[str]:
        symbols, position, text = [], 0, self._expression.rstrip()
        while position < len(text):
            found = _SYMBOL.match(text, position)
            if found is None:
                raise self._unreadable()
            symbols.append(found.group().strip())
            position = found.end()
        return symbols

    def _unreadable(self) -> UnreadableError:
        return UnreadableError(f"This is no arithmetic: {self._expression}")

    def _peek(self) -> str:
        return self._symbols[self._at] if self._at < len(self._symbols) else ""

    def _next(self) -> str:
        symbol = self._peek()
        self._at += 1
        return symbol

    def _expect(self, symbol: str) -> None:
        if self._next() != symbol:
            raise self._unreadable()

    def _sum(self) -> Fraction:
        result = self._product()
        while self._peek() in {"+", "-"}:
            result += self._product() if self._next() == "+" else -self._product()
        return result

    def _product(self) -> Fraction:
        result = self._factor()
        while self._peek() in {"x", "/"}:
            if self._next() == "x":
                result *= self._factor()
                continue
            divisor = self._factor()
            if not divisor:
                raise UnreadableError(f"This divides by zero: {self._expression}")
            result /= divisor
        return result

    def _factor(self) -> Fraction:
        symbol = self._next()
        if symbol == "-":
            return -self._factor()
        if symbol == "(":
            result = self._sum()
            self._expect(")")
            return result
        if symbol in {"round", "ceil", "floor", "max", "min"}:
            return self._function(symbol)
        if not symbol[:1].isdigit():
            raise self._unreadable()
        return Fraction(symbol.replace(",", ""))

    def _function(self, name: str) -> Fraction:
        self._expect("(")
        arguments = [self._sum()]
        while self._peek() == ";":
            self._next()
            arguments.append(self._sum())
        self._expect(")")
        if name in {"max", "min"}:
            choose: Callable[[list[Fraction]], Fraction] = max if name == "max" else min
            return choose(arguments)
        if len(arguments) != 1:
            raise self._unreadable()
        (value,) = arguments
        if name == "ceil":
            return Fraction(-(-value.numerator // value.denominator))
        if name == "floor":
            return Fraction(value.numerator // value.denominator)
        return round_half_up(value, self._decimals)
