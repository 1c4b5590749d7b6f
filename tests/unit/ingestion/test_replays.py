"""Replay of quarantined rows: read again where they stood, once, and nothing counted twice."""

import json
from pathlib import Path

import pytest

from core.home import Home
from ingestion import manifest, replays
from ingestion.company import read_company
from ingestion.replays import QuarantinedRow, Replay, ReplayError, ReplayResult
from tests.company import (
    COMPANY_YAML,
    event,
    json_lines,
    land,
    subscription,
    usage_csv,
    write_company,
)
from tests.unit.ingestion.store import NOW, counts, rows, take_in

_GOOD = ("u1", "M1", "2026-01-05T10:00:00Z", "api_calls", 5)
_BAD = ("u2", "M1", "2026-01-06T10:00:00Z", "api_calls", "many")


@pytest.fixture
def company(tmp_path: Path) -> Path:
    broken = event("subscription.created", subscription(currency=None), id="e-1")
    return write_company(
        tmp_path / "c",
        landing={"crm/a.jsonl": json_lines([broken]), "usage/a.csv": usage_csv([_GOOD, _BAD])},
    )


@pytest.fixture
def home(company: Path, tmp_path: Path) -> Home:
    assert counts(take_in(company, tmp_path / "h")) == (3, 1, 0, 2)
    return Home(tmp_path / "h")


def _open(home: Home) -> dict[str, QuarantinedRow]:
    return {row.landed_path: row for row in replays.open_rows(home)}


def _replay(company: Path, home: Home, *chosen: Replay) -> ReplayResult:
    return replays.replay(
        read_company(company), home, chosen, NOW, by="olga", reason="source was corrected"
    )


def test_a_corrected_row_is_accepted_where_it_stood(company: Path, home: Home) -> None:
    row = _open(home)["landing/usage/a.csv"]
    assert row.landed_line == 3
    result = _replay(company, home, Replay(row=row, text=row.raw_text.replace("many", "7")))
    assert result.outcomes == {row.key: "accepted"}
    usage = rows(home.path, "usage", "event_id, quantity::varchar, landed_path, landed_line")
    assert usage == [
        ("u1", "5.000000", "landing/usage/a.csv", 2),
        ("u2", "7.000000", "landing/usage/a.csv", 3),
    ]
    assert list(_open(home)) == ["landing/crm/a.jsonl"]
    done = "landed_line, is_corrected, outcome, replayed_by, reason"
    assert rows(home.path, "replays", done) == [
        (3, True, "accepted", "olga", "source was corrected")
    ]
    assert manifest.verify(home) == []


def test_a_row_is_replayed_once(company: Path, home: Home) -> None:
    row = _open(home)["landing/usage/a.csv"]
    corrected = Replay(row=row, text=row.raw_text.replace("many", "7"))
    _replay(company, home, corrected)
    with pytest.raises(ReplayError, match="was replayed already"):
        _replay(company, home, corrected)
    assert len(rows(home.path, "usage")) == 2


def test_what_was_accepted_meanwhile_counts_once(company: Path, home: Home) -> None:
    land(company, "usage/b.csv", usage_csv([(*_BAD[:4], 7)]))
    take_in(company, home.path)
    row = _open(home)["landing/usage/a.csv"]
    same = Replay(row=row, text=row.raw_text.replace("many", "7"))
    other = _replay(company, home, same)
    assert other.outcomes == {row.key: "duplicate"}
    assert len(rows(home.path, "usage")) == 2


def test_what_is_refused_again_is_in_the_quarantine_again(company: Path, home: Home) -> None:
    row = _open(home)["landing/crm/a.jsonl"]
    result = _replay(company, home, Replay(row=row, text=row.raw_text))
    assert result.outcomes == {row.key: "quarantined"}
    again = _open(home)["landing/crm/a.jsonl"]
    assert (again.manifest_number, again.landed_line) == (result.manifest_number, 1)
    assert again.key != row.key
    # Nothing is lost on the way: the whole history stays.
    assert len(rows(home.path, "quarantine")) == 3

    document = json.loads(again.raw_text)
    document["data"]["currency"] = "USD"
    _replay(company, home, Replay(row=again, text=json.dumps(document)))
    assert rows(home.path, "events", "event_id") == ["e-1"]
    assert list(_open(home)) == ["landing/usage/a.csv"]


def test_a_file_nobody_claimed_is_read_once_the_company_claims_it(
    company: Path, home: Home
) -> None:
    land(company, "meters/a.csv", usage_csv([("u9", "M1", "2026-01-07T10:00:00Z", "api_calls", 1)]))
    take_in(company, home.path)
    row = _open(home)["landing/meters/a.csv"]
    with pytest.raises(ReplayError, match=r"No source of company\.yaml claims"):
        _replay(company, home, Replay(row=row, text=row.raw_text))
    text = COMPANY_YAML.replace(
        "  metering: {format", '  meters: {format: usage, files: "meters/*"}\n  metering: {format'
    )
    (company / "company.yaml").write_text(text)
    result = _replay(company, home, Replay(row=row, text=row.raw_text))
    assert result.outcomes == {row.key: "accepted"}
    assert rows(home.path, "usage", "event_id") == ["u1", "u9"]
