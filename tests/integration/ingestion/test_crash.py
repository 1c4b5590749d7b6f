"""An ingest killed at any durable step, then run again, leaves what an undisturbed one leaves."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.canonical import file_sha256
from core.home import Home
from ingestion import manifest
from ingestion.company import read_company
from ingestion.landing import ingest
from tests import crash
from tests.company import (
    REFERENCE,
    event,
    invoice,
    json_lines,
    land,
    subscription,
    usage_csv,
    write_company,
)

FIRST = datetime(2026, 2, 1, 6, tzinfo=UTC)
SECOND = datetime(2026, 2, 2, 6, tzinfo=UTC)


def run_ingest(folder: str, home: str, now: datetime) -> None:
    ingest(read_company(Path(folder)), Home(Path(home)), now)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    customer = {"customer_id": "C1", "name": "Ann", "email": "ann@example.com", "status": "active"}
    return write_company(
        tmp_path / "company",
        landing={
            "1/crm/created.jsonl": json_lines(
                [
                    event("subscription.created", subscription()),
                    event("customer.updated", customer, id="evt-2"),
                    event("no.such_type", {}, id="evt-3"),
                ]
            ),
            "1/usage/a.csv": usage_csv(
                [
                    ("u1", "M1", "2026-01-05T00:00:00Z", "api_calls", 5),
                    ("u2", "M1", "2026-01-06T00:00:00Z", "api_calls", 6),
                ]
            ),
        },
    )


def add_second_landing(company: Path) -> None:
    land(company, "2/billing/b.jsonl", json_lines([event("invoice.finalized", invoice())]))
    rows = [
        ("u2", "M1", "2026-01-06T00:00:00Z", "api_calls", 7),
        ("u3", "M1", "2026-01-06T00:00:00Z", "api_calls", 8),
    ]
    land(company, "2/usage/b.csv", usage_csv(rows))
    accounts = REFERENCE["accounts"] + "T-US,9999,Other,expense,true,2025-01-01\n"
    (company / "reference" / "accounts.csv").write_text(accounts)


def content(home: Path) -> dict[str, str]:
    """Return the hash of every file, but of scratch and locks."""
    return {
        path.relative_to(home).as_posix(): file_sha256(path)
        for path in sorted(home.rglob("*.parquet"))
    }


def assert_survives_every_step(
    company: Path, start: Path, now: datetime, tmp_path: Path, moments: tuple[crash.Moment, ...]
) -> None:
    expected = tmp_path / "expected"
    shutil.copytree(start, expected)
    steps = crash.count_steps(crash.Call(run_ingest, (str(company), str(expected), now)))
    undisturbed = content(expected)
    assert steps > 5

    for step in range(1, steps + 1):
        for moment in moments:
            home = tmp_path / "home"
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(start, home)
            crash.kill_at(crash.Call(run_ingest, (str(company), str(home), now)), step, moment)

            run_ingest(str(company), str(home), now)

            assert content(home) == undisturbed, f"killed {moment} step {step}"
            assert manifest.verify(Home(home)) == []


@pytest.mark.slow
def test_the_first_ingest_survives_a_kill_at_every_step(company: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert_survives_every_step(company, tmp_path / "empty", FIRST, tmp_path, ("before",))


def test_a_later_ingest_survives_a_kill_at_every_step(company: Path, tmp_path: Path) -> None:
    start = tmp_path / "start"
    run_ingest(str(company), str(start), FIRST)
    add_second_landing(company)

    assert_survives_every_step(company, start, SECOND, tmp_path, ("before", "after"))
