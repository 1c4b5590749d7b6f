"""The page of requirements: what it names is there, and what it counts is right.

Belongs here: `docs/requirements.md` against the files, marts and tests it names.
Does not: whether a test shows what the page says; people read that.
"""

import ast
import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.warehouse import PROJECT

ROOT = PROJECT.parent
PAGE = ROOT / "docs" / "requirements.md"
LIST = ROOT.parent / "shared" / "requirements.csv"
STATES = ("met", "partly", "not yet", "by decision")
AREAS = sorted(path.name for path in (PROJECT / "models" / "marts").iterdir())
_ROW = re.compile(r"^\| ([A-Z]{3}-\d\d) \|", re.MULTILINE)
_NAME = re.compile(r"`([^`]+)`")
_MART = re.compile(rf"({'|'.join(AREAS)})\.\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One row of the page."""

    name: str
    words: str
    met_where: str
    shown_by: str
    state: str

    @property
    def kind(self) -> str:
        """The state without what is said about it."""
        return self.state.partition(":")[0]


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")


def _requirements() -> list[Requirement]:
    rows = [line for line in _page().splitlines() if _ROW.match(line)]
    return [
        Requirement(name=cells[0], words=cells[1], met_where=cells[2], shown_by=cells[3],
                    state=cells[4])
        for cells in ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)
    ]  # fmt: skip


def test_every_id_stands_once_and_in_order() -> None:
    names = [requirement.name for requirement in _requirements()]
    assert len(names) == 215
    assert len(set(names)) == len(names)
    areas = [name[:3] for name in names]
    assert [area for area, before in zip(areas, ["", *areas], strict=False) if area != before] == [
        "SYS", "CAN", "EVT", "CTL", "POS", "RES", "LIN", "EXC", "REC", "KPI", "SLA", "OBS", "GOV",
        "ARC", "USG", "REV", "SCN", "RSK",
    ]  # fmt: skip
    numbers = Counter(areas)
    assert names == [f"{area}-{n:02}" for area in numbers for n in range(1, numbers[area] + 1)]


@pytest.mark.skipif(not LIST.is_file(), reason=f"{LIST} is not here; it comes with the shared data")
def test_the_ids_are_those_of_the_list() -> None:
    with LIST.open(encoding="utf-8", newline="") as file:
        wanted = [row["id"] for row in csv.DictReader(file)]
    assert [requirement.name for requirement in _requirements()] == wanted


def test_every_row_says_where_it_stands() -> None:
    for requirement in _requirements():
        assert requirement.kind in STATES, requirement.name
        assert requirement.words, requirement.name
        if requirement.kind == "met":
            assert requirement.state == "met", requirement.name
            assert requirement.met_where, requirement.name
        else:
            assert len(requirement.state.partition(":")[2]) > 20, requirement.name
        if requirement.kind != "not yet":
            assert _NAME.search(requirement.shown_by), requirement.name


def test_the_counts_on_top_are_right() -> None:
    counted = Counter(requirement.kind for requirement in _requirements())
    summary = re.search(
        r"(\d+) requirements: (\d+) met, (\d+) partly, (\d+) not yet, (\d+) by decision", _page()
    )
    assert summary is not None
    assert [int(number) for number in summary.groups()] == [
        counted.total(),
        *(counted[state] for state in STATES),
    ]


@pytest.mark.parametrize("requirement", _requirements(), ids=lambda each: each.name)
def test_what_a_row_names_is_there(requirement: Requirement) -> None:
    named = [*_NAME.findall(requirement.met_where), *_NAME.findall(requirement.state)]
    missing = [name for name in named if not _is_there(name)]
    missing += [test for test in _NAME.findall(requirement.shown_by) if not _is_test(test)]
    assert missing == []


def test_the_gaps_named_on_top_are_gaps() -> None:
    states = {requirement.name: requirement.kind for requirement in _requirements()}
    gaps = _page().partition("## The largest gaps")[2].partition("\n## ")[0]
    named = re.findall(r"[A-Z]{3}-\d\d", gaps)
    assert len(re.findall(r"^\d+\. ", gaps, re.MULTILINE)) == 10
    assert {name: states[name] for name in named if states[name] == "met"} == {}


def test_names_that_do_not_exist_are_seen() -> None:
    assert not _is_there("revenue.no_such_mart")
    assert not _is_there("posting/no_such_module.py")
    assert not _is_there("tieout dance")
    assert not _is_there("NO_SUCH_CODE")
    assert not _is_test("unit/docs/test_requirements.py::test_nothing_of_the_kind")
    assert not _is_test("scenarios/no-such-case")


def _is_there(name: str) -> bool:
    """Say whether what is named outside of tests exists: a mart, a path, a command, a word."""
    if _MART.fullmatch(name) and name not in _event_types():
        area, mart = name.split(".")
        return (PROJECT / "models" / "marts" / area / f"{mart}.sql").is_file()
    if name.startswith("make "):
        return f"\n{name.removeprefix('make ')}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
    if name.startswith("tieout "):
        return f"def {name.split()[1]}(" in _words()
    if "/" in name.rstrip("/"):
        return (ROOT / name).exists()
    return (ROOT / name).exists() or re.search(rf"\b{re.escape(name)}\b", _words()) is not None


def _is_test(name: str) -> bool:
    """Say whether a test, a case or a file of tests exists, below `tests/` or the root."""
    file, _, test = name.partition("::")
    path = next((base / file for base in (ROOT / "tests", ROOT) if (base / file).exists()), None)
    if path is None:
        return False
    if path.is_dir():
        return (path / "case.md").is_file()
    if path.suffix == ".py":
        return test in _functions(path)
    return not test or f"name: {test}\n" in path.read_text(encoding="utf-8")


@cache
def _event_types() -> frozenset[str]:
    with (PROJECT / "seeds" / "policy" / "event_taxonomy.csv").open(encoding="utf-8") as file:
        return frozenset(row["event_type"] for row in csv.DictReader(file))


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def _words() -> str:
    """Return everything that names are taken from: models, seeds, contracts, code."""
    kinds = {".sql", ".yml", ".csv", ".py", ".yaml"}
    folders = ("dbt_project", "ingestion", "posting", "orchestration")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.*"))]
    texts = [
        path.stem + "\n" + path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in kinds and "target" not in path.parts
    ]
    return "\n".join(texts)
