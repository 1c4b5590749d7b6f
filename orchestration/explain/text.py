"""Explanations on paper: the amount, its rule, what went in, the arithmetic, where to go on.

Belongs here: the order of the parts, and where long lists are cut.
Does not: the words (explanation and the modules of each kind).
"""

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from orchestration.explain.explanation import Explanation, Onward, Step

_MOST_SHOWN = 10
_MOST_OPERANDS = 40
_MOST_NAMED = 12


def lines_of(explanation: Explanation, *, everything: bool = False) -> list[str]:
    """Return an explanation as lines of text; long lists are cut unless everything is asked for."""
    lines = [explanation.title]
    if explanation.rule:
        lines.append(f"  rule: {explanation.rule}")
    lines += [f"        {reference}" for reference in explanation.references]
    if explanation.inputs:
        lines.append("  stated")
        stated = [f"    {each.name}: {each.value}  [{each.source}]" for each in explanation.inputs]
        lines += _cut(stated, everything=everything)
    if explanation.steps:
        lines.append("  arithmetic")
        for step in explanation.steps:
            lines += _step_lines(step, everything=everything)
        lines.append(f"  {_verdict(explanation)}")
    lines += [f"  note: {note}" for note in explanation.notes]
    if explanation.onward:
        lines.append("  go on with")
        onward = [f"    {_command(each)}  {each.words}" for each in explanation.onward]
        lines += _cut(onward, everything=everything)
    return lines


def facts_of(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation for programs."""
    return {
        "kind": explanation.kind,
        "key": explanation.key,
        "title": explanation.title,
        "rule": explanation.rule,
        "references": list(explanation.references),
        "inputs": [
            {"name": each.name, "value": each.value, "source": each.source}
            for each in explanation.inputs
        ],
        "steps": [
            {
                "name": step.name,
                "expression": step.expression,
                "operands": [{"name": name, "value": value} for name, value in step.operands],
                "result": step.result,
                "result_minor": step.result_minor,
                "unit": step.unit,
                "holds": step.is_proven,
                "computed": step.computed,
            }
            for step in explanation.steps
        ],
        "proven": explanation.is_proven,
        "notes": list(explanation.notes),
        "onward": [
            {"command": each.command, "id": each.identifier, "words": each.words}
            for each in explanation.onward
        ],
    }


def _step_lines(step: Step, *, everything: bool) -> list[str]:
    words = step.words
    left = len(step.operands) - _MOST_OPERANDS
    if left > 0 and not everything:
        words = (
            f"{step.name} = {len(step.operands)} figures (--all prints them)"
            f" = {step.result} {step.unit}"
        )
    lines = [f"    {words}"]
    figures = list(dict.fromkeys(name for name, _ in step.operands))
    if 1 < len(figures) <= _MOST_NAMED or (figures and everything):
        lines.append(f"      of {'; '.join(figures)}")
    if not step.is_proven:
        lines.append(
            f"      DOES NOT HOLD: it comes to {step.computed} {step.unit},"
            f" stored is {step.result} {step.unit}"
        )
    return lines


def _verdict(explanation: Explanation) -> str:
    if explanation.is_proven:
        return "every line was worked out again and is what is stored"
    failed = sum(not step.is_proven for step in explanation.steps)
    return f"{failed} of {len(explanation.steps)} lines do not come to what is stored"


def _command(onward: Onward) -> str:
    return f"tieout {onward.command} {shlex.quote(onward.identifier)}"


def _cut(lines: Sequence[str], *, everything: bool) -> Iterable[str]:
    if everything or len(lines) <= _MOST_SHOWN:
        return lines
    left = len(lines) - _MOST_SHOWN
    return [*lines[:_MOST_SHOWN], f"    ... and {left} more; --all shows them"]
