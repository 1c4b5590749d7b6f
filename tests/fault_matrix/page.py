"""docs/controls.md, written from what the faults led to.

Belongs here: the page's text.
Does not: judging (verdict).
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.fault_matrix.verdict import Verdict
from tests.warehouse import PROJECT

PATH = PROJECT.parent / "docs" / "controls.md"
_POLICY = PROJECT / "seeds" / "policy"
_FAULTS = "## What each fault led to"
_CODES = "## What each exception code is proven by"
_COLUMNS = ("where", "fault", "named_by")
_HEAD = """\
# Controls, and the faults that prove them

`make faults` injects each fault below, alone, into a company in which everything agrees, runs it
through the real stations and compares every sealed line with the sound run; `make test` does the
same. To change the faults, see `tests/fault_matrix/`, then run
`python -m tests.fault_matrix --write`, which writes this page.

A fault is caught when the control that should name it does. What else is held or moves is a false
hold; there must be none. A fault may be named by several controls: what a control explains, others
may see as well.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one fault led to, as the page says it."""

    where: str
    fault: str
    named_by: str

    def codes(self) -> list[str]:
        """Return the exception codes among the controls that named it."""
        return re.findall(r"(?:^|, )`(\w+)`", self.named_by)


def row(verdict: Verdict) -> Row:
    """Return what the page says of a verdict.

    Of the dbt tests that fail, those that must are named: how many others notice as well changes
    with every test that is added. Where none must, none is mentioned: a flipped byte may hit
    anything.
    """
    said = [
        _finding(each)
        for each in verdict.findings
        if each in verdict.caught_by or not each.startswith("test ")
    ]
    are_tests_due = any(each.startswith("test ") for each in verdict.caught_by)
    others = ["other dbt tests"] if are_tests_due and len(said) < len(verdict.findings) else []
    return Row(where=verdict.where, fault=verdict.fault, named_by=", ".join(said + others))


def rows_written() -> list[Row]:
    """Return what the page says of faults now."""
    table = PATH.read_text().split(_FAULTS)[1].split(_CODES)[0].strip().splitlines()[2:]
    return [Row(**dict(zip(_COLUMNS, line[2:-2].split(" | "), strict=True))) for line in table]


def text(rows: Sequence[Row]) -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_faults(rows), *_codes(rows), *_points(), ""])


def _faults(rows: Sequence[Row]) -> list[str]:
    lines = [_FAULTS, "", "| struck | fault | named by |", "|---|---|---|"]
    return lines + [f"| {row.where} | {row.fault} | {row.named_by} |" for row in rows]


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


def _codes(rows: Sequence[Row]) -> list[str]:
    lines = ["", _CODES, "", "| code | says | owner | faults |", "|---|---|---|---|"]
    for code in _seed("exception_codes"):
        faults = [row.fault for row in rows if code["code"] in row.codes()]
        proof = "; ".join(faults) or "not by this matrix: see the tests of its model"
        lines.append(f"| `{code['code']}` | {code['title']} | {code['owner']} | {proof} |")
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
