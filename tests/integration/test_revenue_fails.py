"""The models of revenue fail in one run: billing stays, and nothing is posted until the next one.

Belongs here: a run whose revenue cannot be computed, and the one after it.
Does not: which areas are unharmed by what (unit/orchestration/test_publishing).
"""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.home import Home
from orchestration import publish, publishing
from orchestration.dbt_in_process import DbtBuildError, Outcome
from posting import ledger
from tests import pipeline
from tests.compiled_models import compiled_dbt
from tests.proof_company import write_proof_company

pytestmark = pytest.mark.slow

_DOWN = datetime(2026, 2, 10, 6, tzinfo=UTC)
_UP = datetime(2026, 2, 10, 9, tzinfo=UTC)


def _is_down(_: str) -> str:
    return "select error('the revenue platform is down')"


def test_billing_stays_and_the_next_run_completes(tmp_path: Path) -> None:
    company, home = write_proof_company(tmp_path / "company"), tmp_path / "home"
    outcome = Outcome()
    with pipeline.opened(company, home, _DOWN) as run:
        pipeline.ingest(run)
        run.work.dbt = replace(compiled_dbt(), spoiled={"performance_obligations": _is_down})
        with pytest.raises(DbtBuildError, match="the revenue platform is down"):
            pipeline.build_books(run, with_tests=False)
        deque(run.work.dbt.build(pipeline.BOOKS, run.home.warehouse, outcome), maxlen=0)
        published = publishing.publish_unharmed(run, "books", outcome)
    # What billing needs is published; revenue is not, and nothing was decided from half of it.
    assert "usage" in published
    assert "revenue" not in published
    with publish.open_marts(Home(home).marts) as marts:
        charges = marts.execute("select count(*) from usage.usage_charges").fetchone()
    assert charges is not None
    assert charges[0] > 0
    assert ledger.head_number(Home(home)) == 0

    done = pipeline.run_pipeline(company, home, _UP)
    assert done.ingested.landed == 0
    assert done.delivered.posted == done.sealed.document_count > 0
    again = pipeline.run_pipeline(company, home, _UP)
    assert again.sealed.document_count == 0
