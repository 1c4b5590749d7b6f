"""Kill -9 at points of a whole run, from ingestion to the proof, then a run: the same books.

Belongs here: points between stations, and durable steps sampled over the whole run.
Does not: every durable step of ingestion, sealing and delivery (tests.integration.ingestion and
.posting kill at each of them).
"""

import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.home import Home
from ingestion import manifest
from posting import verification
from tests import crash, pipeline
from tests.company import (
    event,
    invoice,
    json_lines,
    subscription,
    usage_csv,
    write_company,
)

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
STATIONS = ("ingest", "build_books", "seal", "deliver")
SAMPLES = 5
FACTS = {
    "documents": "select document_key, content_hash, revision from ledger.documents order by all",
    "lines": "select subledger_line_key, amount_minor, functional_amount_minor "
    "from ledger.sealed_lines order by all",
    "erp": "select document_key, line_number, account_code, side, amount_minor "
    "from exports.erp_documents order by all",
    "balances": "select account_code, accounting_period, debit_minor, credit_minor "
    "from exports.erp_balances order by all",
    "events": "select event_key, body_hash from raw.events order by all",
    "usage": "select event_id, quantity from raw.usage order by all",
    "breaks": "select * from reconciliation.erp_document_breaks",
    "states": "select state, count(*) from exports.outbox_documents group by all",
}

pytestmark = pytest.mark.slow

Facts = dict[str, list[tuple[Any, ...]]]


def told(home: Path) -> list[tuple[Any, ...]]:
    """Return what every receiver was told, as often as it was."""
    messages = [
        (path.parent.name, json.loads(line))
        for path in (home / "messages").rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return sorted(
        (receiver, message["id"], message["subject"], message["data"].get("document_key", ""))
        for receiver, message in messages
    )


def run(company: Path, home: Path) -> None:
    """Run everything."""
    pipeline.run_pipeline(company, home, NOW, with_tests=False)


def run_until(company: Path, home: Path, last: str) -> None:
    """Run the stations through one of them, and be killed before the next begins."""
    with pipeline.opened(company, home, NOW) as opened:
        for name in STATIONS[: STATIONS.index(last) + 1]:
            options = {"with_tests": False} if name == "build_books" else {}
            getattr(pipeline, name)(opened, **options)
        os.kill(os.getpid(), signal.SIGKILL)


def facts(home: Path) -> Facts:
    return {
        name: [tuple(row.values()) for row in pipeline.query(home, sql)]
        for name, sql in FACTS.items()
    } | {"messages": told(home)}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    usage = [
        (f"u{month}{day}", "M1", f"2026-0{month}-0{day}T15:00:00Z", "api_calls", 40)
        for month in (1, 2)
        for day in range(5, 9)
    ]
    return write_company(
        tmp_path_factory.mktemp("company"),
        landing={
            "crm/contracts.jsonl": json_lines([event("subscription.created", subscription())]),
            "billing/invoices.jsonl": json_lines(
                [event("invoice.finalized", invoice(), id="b1", source="billing")]
            ),
            "usage/usage.csv": usage_csv(usage),
        },
    )


@pytest.fixture(scope="module")
def undisturbed(company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Facts]:
    """How many durable steps a whole run takes, and what it leaves."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    steps = crash.count_steps(crash.Call(run, (company, home)))
    left = facts(home)
    assert left["documents"]
    assert {row[3] for row in left["messages"]} >= {row[0] for row in left["documents"]}
    assert left["states"] == [("posted", len(left["documents"]))]
    return steps, left


def assert_the_same_books(home: Path, expected: Facts) -> None:
    assert facts(home) == expected
    assert manifest.verify(Home(home)) == []
    assert verification.verify(Home(home)) == []


def test_killed_between_all_stations_in_turn(
    company: Path, undisturbed: tuple[int, Facts], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    for station in STATIONS:
        crash.kill_at(crash.Call(run_until, (company, home, station)), 0, "before")
    run(company, home)
    assert_the_same_books(home, undisturbed[1])


@pytest.mark.parametrize("sample", range(SAMPLES))
def test_killed_at_a_durable_step_anywhere(
    company: Path, undisturbed: tuple[int, Facts], tmp_path: Path, sample: int
) -> None:
    home = tmp_path / "home"
    steps, expected = undisturbed
    step = 1 + (steps - 1) * (2 * sample + 1) // (2 * SAMPLES)
    moment: crash.Moment = "after" if sample % 2 else "before"
    crash.kill_at(crash.Call(run, (company, home)), step, moment)
    run(company, home)
    assert_the_same_books(home, expected)
