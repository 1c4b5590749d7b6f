"""The demo company, run at both of its instants, with its marts published.

Belongs here: running it and asking what came of it.
Does not: what a test expects of it.
"""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.demo_company import write_demo
from orchestration import publish, publishing
from tests.pipeline import PipelineResult, opened, query, run_pipeline

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
SECOND = datetime(2026, 3, 10, 6, tzinfo=UTC)
EXCEPTIONS = "select code, subject_key from controls.exceptions order by code, subject_key"


@dataclass(frozen=True, kw_only=True)
class DemoRun:
    """Both runs of the demo, and what was open after the first."""

    company: Path
    home: Path
    first: PipelineResult
    second: PipelineResult
    open_after_first: list[dict[str, Any]]

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the warehouse after the second run."""
        return query(self.home, sql)

    def labels(self, *codes: str) -> list[dict[str, str]]:
        """Return the labelled faults of some codes."""
        with (self.company / "faults.csv").open(encoding="utf-8") as file:
            return [row for row in csv.DictReader(file) if row["code"] in codes]


def run_demo(company: Path, home: Path) -> DemoRun:
    """Write the demo company, run it twice and publish its marts."""
    write_demo(company, scale=0)
    first = run_pipeline(company, home, FIRST)
    open_after_first = query(home, EXCEPTIONS)
    second = run_pipeline(company, home, SECOND)
    with opened(company, home, SECOND) as run:
        for area in publishing.public_areas(run.work.project.manifest):
            publishing.publish_area(run, area)
        publish.publish_file(run.home.marts, run.run_id)
    return DemoRun(
        company=company, home=home, first=first, second=second, open_after_first=open_after_first
    )
