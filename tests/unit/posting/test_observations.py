"""The log of exceptions: what is written down when they come, go and come back."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.home import Home
from posting import exports, observations, tables
from posting.observations import ObservationReport

FIRST = datetime(2026, 2, 1, 6, tzinfo=UTC)
SECOND = datetime(2026, 2, 2, 6, tzinfo=UTC)
THIRD = datetime(2026, 2, 3, 6, tzinfo=UTC)
A, B = "PRICE_MISSING|PRICE|contract|K1", "TIE_OUT_BREAK|tie_out|document|invoice:1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _observe(
    home: Home, as_of: datetime, found: dict[str, str | None], run_id: str = ""
) -> ObservationReport:
    """Let a run see exceptions: open ones have no resolution."""
    home.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema controls; create schema reconciliation")
        connection.execute(
            "create table controls.exception_history (exception_key varchar, is_open boolean,"
            " resolution varchar, legal_entity_code varchar, amount_minor bigint, currency varchar)"
        )
        connection.execute(
            "create table reconciliation.tie_out_summary as select 2::bigint as break_count"
        )
        for key, resolution in found.items():
            connection.execute(
                "insert into controls.exception_history values (?, ?, ?, 'US', 500, 'USD')",
                [key, resolution is None, resolution],
            )
    return observations.observe(
        home, home.warehouse, run_id=run_id or f"run-{as_of:%d}", as_of=as_of
    )


def _log(home: Home) -> list[tuple[object, ...]]:
    rows = observations.recorded(home, tables.exception_observations)
    names = ("sequence", "exception_key", "as_of", "state", "resolution", "last_seen_at")
    return [tuple(row[name] for name in names) for row in rows]


def _at(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)


def test_an_exception_that_comes_goes_and_comes_back_is_three_rows(home: Home) -> None:
    _observe(home, FIRST, {A: None, B: None})
    _observe(home, SECOND, {A: "by_hand", B: None})
    report = _observe(home, THIRD, {A: None, B: "self_healed"})

    assert (report.open_count, report.opened, report.healed, report.reopened) == (1, 0, 1, 1)
    assert _log(home) == [
        (1, A, _at(FIRST), "opened", None, _at(FIRST)),
        (2, B, _at(FIRST), "opened", None, _at(FIRST)),
        (3, A, _at(SECOND), "healed", "by_hand", _at(FIRST)),
        (4, A, _at(THIRD), "reopened", None, _at(THIRD)),
        (5, B, _at(THIRD), "healed", "self_healed", _at(SECOND)),
    ]


def test_a_run_that_is_resumed_writes_nothing_twice(home: Home) -> None:
    _observe(home, FIRST, {A: None})
    before = _log(home)
    report = _observe(home, FIRST, {A: None})

    assert (report.opened, report.healed) == (0, 0)
    assert _log(home) == before
    assert len(observations.recorded(home, tables.observed_runs)) == 1


def test_a_run_that_sees_nothing_new_adds_its_run_alone(home: Home) -> None:
    _observe(home, FIRST, {A: None})
    _observe(home, SECOND, {A: None})

    assert len(_log(home)) == 1
    runs = observations.recorded(home, tables.observed_runs)
    assert [(row["run_id"], row["exception_count"], row["break_count"]) for row in runs] == [
        ("run-01", 1, 2),
        ("run-02", 1, 2),
    ]


def test_a_question_about_an_earlier_instant_is_not_history(home: Home) -> None:
    _observe(home, SECOND, {A: None})
    before = _log(home)
    report = _observe(home, FIRST, {B: None})

    assert not report.is_recorded
    assert _log(home) == before
    assert len(observations.recorded(home, tables.observed_runs)) == 1


def test_the_log_reaches_the_warehouse_after_a_crash_before_its_export(home: Home) -> None:
    exports.initialise(home)
    _observe(home, FIRST, {A: None})
    with duckdb.connect() as connection:
        exports.register_views(connection, home)
        count = "select count(*) from exports.exception_observations"
        assert connection.execute(count).fetchall() == [(0,)]
        exports.export_master(home, {})
        assert connection.execute(count).fetchall() == [(1,)]
