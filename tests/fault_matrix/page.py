"""docs/controls.md, written from what the faults led to.

Belongs here: the page's text.
Does not: judging (verdict).
"""

import csv
from collections.abc import Sequence

from tests.fault_matrix.verdict import Verdict
from tests.warehouse import PROJECT

PATH = PROJECT.parent / "docs" / "controls.md"
_POLICY = PROJECT / "seeds" / "policy"
_HEAD = """\
# Controls, and the faults that prove them

Written by `make faults`, which injects each fault below, alone, into a company in which everything
agrees, runs it through the real stations and compares every sealed line with the sound run. Change
the faults in `tests/fault_matrix/`, then run `python -m tests.fault_matrix --write`.

A fault is caught when the control that should name it does. What else is held or moves is a false
hold; there must be none. A fault may be named by several controls: what a control explains, others
may see as well.
"""


def text(verdicts: Sequence[Verdict]) -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_faults(verdicts), *_codes(verdicts), *_points(), ""])


def _faults(verdicts: Sequence[Verdict]) -> list[str]:
    lines = ["## What each fault led to", "", "| struck | fault | named by |", "|---|---|---|"]
    for verdict in verdicts:
        named = ", ".join(_finding(each) for each in verdict.findings)
        lines.append(f"| {verdict.where} | {verdict.fault} | {named} |")
    return lines


def _finding(finding: str) -> str:
    kind, _, name = finding.partition(" ")
    return {
        "exception": f"`{name}`",
        "test": f"dbt test `{name}`",
        "expectation": f"expectation `{name}`",
        "refused": f"the run is refused (`{name}`)",
        "verify": f"`tieout verify`: {name}",
        "count": f"counted: {name}",
    }[kind]


def _codes(verdicts: Sequence[Verdict]) -> list[str]:
    lines = [
        *("", "## What each exception code is proven by", ""),
        *("| code | says | owner | faults |", "|---|---|---|---|"),
    ]
    for row in _seed("exception_codes"):
        faults = [
            verdict.fault for verdict in verdicts if f"exception {row['code']}" in verdict.findings
        ]
        proof = "; ".join(faults) or "not by this matrix: see the tests of its model"
        lines.append(f"| `{row['code']}` | {row['title']} | {row['owner']} | {proof} |")
    return lines


def _points() -> list[str]:
    lines = [
        *("", "## Control points before posting", ""),
        *("| control | asks | of | holds |", "|---|---|---|---|"),
    ]
    for row in _seed("control_points"):
        holds = "yes" if row["is_blocking"] == "true" else "no, it lists"
        lines.append(f"| `{row['control_code']}` | {row['title']} | {row['subjects']} | {holds} |")
    return lines


def _seed(name: str) -> list[dict[str, str]]:
    with (_POLICY / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))
