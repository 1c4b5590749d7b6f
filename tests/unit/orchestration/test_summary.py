"""What a person reads at the end of a run, and while it takes in what landed."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ingestion.landing import IngestResult
from ingestion.staging import FileCount
from orchestration import console, status, summary
from orchestration.defs import ingest

_AS_OF = datetime(2026, 3, 10, 6, tzinfo=UTC)


def _ingested(rows: int) -> IngestResult:
    file = FileCount(
        landed_path="a",
        source="crm",
        sha256="0",
        landed=rows,
        accepted=rows,
        duplicate=0,
        quarantined=0,
    )
    return IngestResult(manifest_number=1, files=(file,), reference_tables=())


def test_what_landed_is_told_with_its_counts() -> None:
    said = ingest.sentence_of(_ingested(3), _AS_OF, known_at=_AS_OF)
    assert said == "3 landed = 3 accepted + 0 duplicate + 0 quarantined"


def test_what_landed_after_the_instant_of_the_books_says_that_they_do_not_see_it() -> None:
    later = _AS_OF + timedelta(days=1)
    assert ingest.sentence_of(_ingested(3), _AS_OF, known_at=later) == (
        "3 landed = 3 accepted + 0 duplicate + 0 quarantined; known from 2026-03-11T06:00:00Z on,"
        " which books of 2026-03-10T06:00:00Z do not see"
    )
    assert "do not see" not in ingest.sentence_of(_ingested(0), _AS_OF, known_at=later)


def test_no_figure_is_cut_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {f"{side}_minor": 1_550_725_842 for side in ("left", "right", "explained")}
    row = {"tie_out_name": "schedules_to_journals", "currency": "USD", "difference_minor": 0}
    status.show_tie_outs([row | figures | {"is_tied": True}], console.answers())
    printed = capsys.readouterr().out
    assert "schedules to journals" in printed
    assert printed.count("15,507,258.42") == 3


def test_next_steps_stand_in_columns_however_long_the_folders_are() -> None:
    printed = StringIO()
    company = Path("/a/rather/long/place/for/a/company/folder/to/be/in")
    summary.show_next(company, Path("/elsewhere/home"), Console(file=printed, width=300))
    lines = printed.getvalue().splitlines()
    starts = {line.index(use) for line, (_, _, use) in zip(lines, summary.NEXT, strict=True)}
    assert len(starts) == 1
