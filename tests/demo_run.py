"""The demo company, run at the instants of its arrivals, with its marts published.

Belongs here: running it, and how well the exceptions found match the labelled faults.
Does not: what a test expects of it.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.demo_company import write_demo
from orchestration import publish, publishing
from tests.pipeline import PipelineResult, opened, query, run_pipeline

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
SECOND = datetime(2026, 3, 10, 6, tzinfo=UTC)
# The contract book alone has the last two arrivals only.
BOOK_ARRIVALS = (FIRST, SECOND)
ALL_ARRIVALS = (
    datetime(2026, 1, 5, 6, tzinfo=UTC),
    datetime(2026, 2, 2, 6, tzinfo=UTC),
    *BOOK_ARRIVALS,
)
EXCEPTIONS = "select code, subject_key from controls.exceptions order by code, subject_key"
_HELD = """
select distinct contract_id from journals.subledger_differences where hold_code is not null
"""

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the exception queue of one run holds against the labels that had arrived by then."""

    labelled: frozenset[Key]
    found: frozenset[Key]
    held_contracts: frozenset[str]

    @property
    def recall(self) -> str:
        """How many of the labelled faults were found."""
        return f"{len(self.labelled & self.found)} of {len(self.labelled)}"

    @property
    def precision(self) -> str:
        """How many of the exceptions are labelled faults."""
        return f"{len(self.labelled & self.found)} of {len(self.found)}"


@dataclass(frozen=True, kw_only=True)
class DemoRun:
    """The runs of the demo, and what was open after each."""

    company: Path
    home: Path
    runs: tuple[PipelineResult, ...]
    found: tuple[Found, ...]

    @property
    def first(self) -> PipelineResult:
        """The first run."""
        return self.runs[0]

    @property
    def second(self) -> PipelineResult:
        """The second run."""
        return self.runs[1]

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the warehouse after the last run."""
        return query(self.home, sql)

    def labels(self, *codes: str) -> list[dict[str, str]]:
        """Return the labelled faults, or those of some codes."""
        return [row for row in read_labels(self.company) if not codes or row["code"] in codes]


def read_labels(company: Path) -> list[dict[str, str]]:
    """Return the rows of `faults.csv`."""
    with (company / "faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contracts_of(keys: frozenset[Key]) -> set[str]:
    """Return the contracts whose ids, or the ids of whose documents, exceptions name."""
    return {
        f"CT-{number}"
        for _, subject_key in keys
        for number in re.findall(r"(?:CT|INV|CM|PAY)-(\d+)", subject_key)
    }


def run_demo(
    company: Path, home: Path, *, scale: int = 0, arrivals: Sequence[datetime] = BOOK_ARRIVALS
) -> DemoRun:
    """Write the demo company, run it at its arrivals and publish its marts."""
    write_demo(company, scale)
    runs, found = [], []
    for instant in arrivals:
        runs.append(run_pipeline(company, home, instant))
        found.append(_found(company, home, instant))
    with opened(company, home, arrivals[-1]) as run:
        for area in publishing.public_areas(run.work.project.manifest):
            publishing.publish_area(run, area)
        publish.publish_file(run.home.marts, run.run_id)
    return DemoRun(company=company, home=home, runs=tuple(runs), found=tuple(found))


def _found(company: Path, home: Path, instant: datetime) -> Found:
    day = f"{instant:%Y-%m-%d}"
    labelled = {
        (row["code"], row["exception"])
        for row in read_labels(company)
        if row["exception"] and row["opens"] <= day and not (row["heals"] and row["heals"] <= day)
    }
    return Found(
        labelled=frozenset(labelled),
        found=frozenset((row["code"], row["subject_key"]) for row in query(home, EXCEPTIONS)),
        held_contracts=frozenset(row["contract_id"] for row in query(home, _HELD)),
    )
