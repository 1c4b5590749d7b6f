"""Rows that were not accepted, from the command of an operator to the books; and stated counts.

Belongs here: listing, correcting and replaying through the command line and real runs.
Does not: reading rows again one by one (unit/ingestion/test_replays).
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.home import Home
from orchestration import quarantine_commands
from orchestration.cli import FAILED, invoke
from posting import audit_log
from tests import pipeline
from tests.company import event, json_lines, land, subscription, usage_csv, write_company

pytestmark = pytest.mark.slow

_FIRST = datetime(2026, 2, 10, 12, tzinfo=UTC)
_REPLAYED = datetime(2026, 2, 10, 15, tzinfo=UTC)
_SECOND = datetime(2026, 2, 11, 12, tzinfo=UTC)
_OPEN = """
    select code, subject_key, sentence from controls.exceptions
    where origin in ('quarantine', 'manifest') order by code, subject_key
"""


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let replays happen between the two runs."""
    monkeypatch.setattr(quarantine_commands, "replay_instant", lambda _: _REPLAYED)


def _exceptions(home: Path) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in pipeline.query(home, _OPEN)]


def test_an_operator_corrects_a_row_and_the_next_run_books_it_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company, home = tmp_path / "company", tmp_path / "home"
    rows = [("u1", "M1", "2026-01-05T10:00:00Z", "api_calls", 100),
            ("u2", "M1", "2026-01-06T10:00:00Z", "api_calls", "many")]  # fmt: skip
    landing = {
        "crm/a.jsonl": json_lines([event("subscription.created", subscription())]),
        "usage/a.csv": usage_csv(rows),
        "usage/a.csv.count": "3",
    }
    write_company(company, landing=landing)
    pipeline.run_pipeline(company, home, _FIRST)
    assert [found[:2] for found in _exceptions(home)] == [
        ("INPUT_CONTROL_DIFFERENCE", "landing/usage/a.csv"),
        ("MALFORMED_ROW", "metering:u2"),
    ]
    assert _exceptions(home)[0][2] == (
        "File landing/usage/a.csv of metering: its source states 3 rows, 2 landed: 1 too few."
    )

    place = ("--company", str(company), "--home", str(home))
    out = tmp_path / "rows.jsonl"
    assert invoke(["quarantine", "--source", "metering", "--out", str(out), *place]) == 0
    assert "MALFORMED_ROW  landing/usage/a.csv line 3" in capsys.readouterr().out
    row = json.loads(out.read_text())
    out.write_text(json.dumps(row | {"raw_text": row["raw_text"].replace("many", "50")}))
    asked = ("replay", "--from", str(out), "--by", "olga", "--reason", "read from the meter")
    assert invoke([*asked, *place]) == 0
    assert "1 rows read again by olga: 1 accepted." in capsys.readouterr().out
    land(company, "usage/a.csv.count", "2")
    pipeline.run_pipeline(company, home, _SECOND)

    assert _exceptions(home) == []
    assert pipeline.query(
        home, "select quantity::bigint as used, charge_minor from usage.usage_charges"
    ) == [{"used": 150, "charge_minor": 1500}]
    done, asked_for = (
        audit_log.entries(Home(home), name) for name in ("replay_done", "replay_asked")
    )
    assert [each.details["outcomes"] for each in done] == [{row["key"]: "accepted"}]
    (first,) = asked_for
    assert first.details["reason"] == "read from the meter"
    assert first.details["rows"][0]["corrected_sha256"]
    assert audit_log.verify(Home(home)) == []

    # The same decision again does nothing, and says so.
    capsys.readouterr()
    assert invoke([*asked, *place]) == FAILED
    assert "was replayed already; nothing was read" in capsys.readouterr().err
    assert len(audit_log.entries(Home(home), "replay_asked")) == 1


def test_a_row_that_is_refused_again_stays_in_the_queue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company, home = tmp_path / "company", tmp_path / "home"
    unknown = event("subscription.celebrated", {"contract_id": "K1"}, id="party")
    write_company(company, landing={"crm/a.jsonl": json_lines([unknown])})
    pipeline.run_pipeline(company, home, _FIRST, with_tests=False)
    place = ("--company", str(company), "--home", str(home))
    asked = ("--by", "olga", "--reason", "perhaps now", "--json")
    assert invoke(["replay", "--code", "UNKNOWN_EVENT_TYPE", *asked, *place]) == FAILED
    assert json.loads(capsys.readouterr().out)["counts"] == {"quarantined": 1}
    pipeline.run_pipeline(company, home, _SECOND, with_tests=False)
    assert [found[:2] for found in _exceptions(home)] == [("UNKNOWN_EVENT_TYPE", "crm:party")]
    assert invoke(["replay", "no-such-key", *asked, *place]) == FAILED
