"""Arithmetic as it is printed, worked out by a reader of its own, with fractions only.

Belongs here: reading `name = expression = result UNIT` and evaluating the expression.
Does not: the program's own evaluation, which this one must not share a line with.
"""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from core.money import currency_exponents

_NUMBER = re.compile(r"(?<![\w'])\d[\d,]*(?:\.\d+)?")
_RESULT = re.compile(r"\(?(?P<number>-?\d[\d,]*(?:\.\d+)?)\)? (?P<unit>\S+)")
_QUANTITY_DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class PrintedLine:
    """One printed line of arithmetic."""

    name: str
    expression: str
    result: Fraction
    unit: str

    @property
    def value(self) -> Fraction:
        """What the expression comes to."""
        decimals = currency_exponents().get(self.unit, _QUANTITY_DECIMALS)
        text = _NUMBER.sub(lambda found: f"'{found[0].replace(',', '')}'", self.expression)
        tree = ast.parse(text.replace(" x ", " * ").replace(";", ","), mode="eval")
        return _evaluate(tree.body, decimals)


def read_lines(printed: list[str]) -> list[PrintedLine]:
    """Return the lines of arithmetic among printed lines."""
    found = []
    for line in printed:
        parts = line.strip().split(" = ")
        if len(parts) != 3 or not line.startswith("    "):
            continue
        result = _RESULT.fullmatch(parts[2])
        assert result is not None, line
        found.append(
            PrintedLine(
                name=parts[0],
                expression=parts[1],
                result=Fraction(result["number"].replace(",", "")),
                unit=result["unit"],
            )
        )
    return found


def half_up(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero: 0.005 is 0.01 and -0.005 is -0.01."""
    sign = -1 if value < 0 else 1
    return sign * Fraction(math.floor(abs(value) * 10**decimals + Fraction(1, 2)), 10**decimals)


def _evaluate(node: ast.expr, decimals: int) -> Fraction:
    match node:
        case ast.Constant(value=str() as digits):
            return Fraction(digits)
        case ast.UnaryOp(op=ast.USub()):
            return -_evaluate(node.operand, decimals)
        case ast.BinOp():
            left, right = _evaluate(node.left, decimals), _evaluate(node.right, decimals)
            return _OPERATIONS[type(node.op)](left, right)
        case ast.Call(func=ast.Name(id=name)):
            arguments = [_evaluate(argument, decimals) for argument in node.args]
            if name in {"max", "min"}:
                return {"max": max, "min": min}[name](arguments)
            (value,) = arguments
            whole = {"ceil": math.ceil, "floor": math.floor}.get(name)
            return Fraction(whole(value)) if whole else half_up(value, decimals)
    raise AssertionError(ast.dump(node))


_OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}
