"""The whole path of a run without Dagster: what the stations do, one after the other.

The models are the statements dbt itself executed, without dbt around them (compiled_models): a run
takes four seconds instead of twenty. Tests of the command line and of Dagster run dbt.

Belongs here: running a company from landing to proof, and parts of it, for tests.
Does not: companies (tests.company, ingestion.demo_company), or what a test expects.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.home import Home
from core.spans import format_instant
from ingestion import landing
from ingestion.landing import IngestResult
from orchestration import preview, publish, publishing, sealing
from orchestration.dbt_in_process import Outcome
from orchestration.erps import administer, connectors
from orchestration.runs import Run, open_run
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse
from orchestration.workplace import Workplace
from posting import delivery, exports, messages, observations
from posting.batches import SealResult
from posting.delivery import DeliveryReport
from tests.compiled_models import compiled_dbt

BOOKS = ["tag:books"]
PROOF = ["tag:proof"]


@dataclass(frozen=True, kw_only=True)
class PipelineResult:
    """What the stations of one run said."""

    ingested: IngestResult
    sealed: SealResult
    delivered: DeliveryReport
    told: dict[str, int]


def run_pipeline(
    company: Path,
    home: Path,
    now: datetime,
    *,
    sealing: str = "all",
    with_tests: bool = True,
) -> PipelineResult:
    """Run a company folder as `tieout run` does.

    Args:
        company: The company folder.
        home: Where its state is kept.
        now: The instant of the run; its as_of as well.
        sealing: `all` entry types or only the `immediate` ones.
        with_tests: Run the data tests of the models, as every real run does.

    Raises:
        TieoutError: A station stopped the run.
    """
    with opened(company, home, now, sealing=sealing) as run:
        ingested = ingest(run)
        build_books(run, with_tests=with_tests)
        sealed = seal(run)
        delivered = deliver(run)
        prove(run, with_tests=with_tests)
        told = tell(run)
    return PipelineResult(ingested=ingested, sealed=sealed, delivered=delivered, told=told)


def prove_again(company: Path, home: Path, now: datetime) -> None:
    """Read the ERPs back and build the proof, without ingesting, sealing or delivering."""
    with opened(company, home, now) as run:
        prove(run)


@contextmanager
def opened(company: Path, home: Path, now: datetime, *, sealing: str = "all") -> Iterator[Run]:
    """Open a run and let go of its home whatever happens."""
    work = Workplace(
        settings=Settings(home=Home(home.resolve()), company=company.resolve()), clock=lambda: now
    )
    work.dbt = compiled_dbt()
    try:
        yield open_run(work, f"test-{uuid4()}", as_of=format_instant(now), sealing=sealing)
    finally:
        work.release_home()


def ingest(run: Run) -> IngestResult:
    """Take in what landed."""
    return landing.ingest(run.work.company, run.home, run.now)


def build_books(run: Run, *, with_tests: bool = True) -> None:
    """Read the ERPs' master data, preview changed rules, build everything before sealing."""
    administer(run.work.company, run.home, run.as_of)
    exports.export_master(run.home, connectors(run.work.company, run.home))
    preview.preview_changes(run)
    exports.export_control(run.home)
    _build(run, BOOKS, with_tests=with_tests)


def seal(run: Run) -> SealResult:
    """Seal the difference."""
    return sealing.seal(run)


def deliver(run: Run) -> DeliveryReport:
    """Deliver what is sealed and approved."""
    report = delivery.deliver(
        run.home,
        connectors(run.work.company, run.home),
        run.work.clock(),
        counted_at=run.now,
        run_id=run.run_id,
    )
    exports.export_control(run.home)
    return report


def prove(run: Run, *, with_tests: bool = True) -> None:
    """Read the ERPs back, build everything after posting, write down which exceptions there are."""
    exports.read_back(run.home, connectors(run.work.company, run.home))
    _build(run, PROOF, with_tests=with_tests)
    observations.observe(run.home, run.home.warehouse, run_id=run.run_id, as_of=run.as_of)
    exports.export_observations(run.home)


def tell(run: Run) -> dict[str, int]:
    """Tell sources and notifiers what they have not been told."""
    return messages.tell(run.home, run.home.warehouse)


def publish_marts(company: Path, home: Path, now: datetime) -> None:
    """Publish what was proven last."""
    with opened(company, home, now) as run:
        for area in publishing.public_areas(run.work.project.manifest):
            publishing.publish_area(run, area)
        publish.publish_file(run.home.marts, run.run_id)


def query(home: Path, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query on the warehouse of a home as dictionaries."""
    with open_warehouse(Home(home).warehouse, read_only=True) as connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _build(run: Run, select: list[str], *, with_tests: bool) -> None:
    outcome = Outcome()
    run.lay_out_warehouse()
    built = run.work.dbt.build(select, run.home.warehouse, outcome, with_tests=with_tests)
    deque(built, maxlen=0)
    outcome.raise_if_failed()
