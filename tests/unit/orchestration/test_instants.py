"""At which instants runs happen."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.home import Home
from ingestion import manifest, raw_store
from ingestion.company import Arrival
from ingestion.manifest import Row
from orchestration.instants import FutureError, default_instant, instants_to_run

_CLOCK = datetime(2026, 4, 1, tzinfo=UTC)
_FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
_SECOND = datetime(2026, 3, 10, 6, tzinfo=UTC)
_LATER = datetime(2027, 1, 1, tzinfo=UTC)
_REAL = SimpleNamespace(arrivals=())
_DEMO = SimpleNamespace(
    arrivals=(
        Arrival(folder="landing/2026-03-10", at=_SECOND),
        Arrival(folder="landing/2026-03-01", at=_FIRST),
    )
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    raw_store.initialise(home)
    return home


def _ingested(home: Home, known_at: datetime) -> None:
    row = Row(
        entry_kind="landing",
        source="crm",
        landed_path="landing/x",
        landed_sha256="0",
        landed_count=0,
        accepted_count=0,
        duplicate_count=0,
        quarantined_count=0,
    )
    manifest.commit(home, manifest.read_head(home), known_at, [row])


def test_a_company_runs_once_now(home: Home) -> None:
    assert instants_to_run(_REAL, home, _CLOCK, None) == [_CLOCK]
    assert default_instant(_REAL, home, _CLOCK) == _CLOCK


def test_a_company_can_be_asked_for_the_past_and_not_for_the_future(home: Home) -> None:
    assert instants_to_run(_REAL, home, _CLOCK, _FIRST) == [_FIRST]
    with pytest.raises(FutureError, match="2027-01-01T00:00:00Z has not come yet"):
        instants_to_run(_REAL, home, _CLOCK, _LATER)


def test_a_demonstration_plays_its_arrivals_in_order(home: Home) -> None:
    assert instants_to_run(_DEMO, home, _CLOCK, None) == [_FIRST, _SECOND]


def test_a_demonstration_goes_on_where_it_was(home: Home) -> None:
    _ingested(home, _FIRST)
    assert instants_to_run(_DEMO, home, _CLOCK, None) == [_SECOND]


def test_a_played_demonstration_runs_once_more_at_its_end(home: Home) -> None:
    _ingested(home, _SECOND)
    assert instants_to_run(_DEMO, home, _CLOCK, None) == [_SECOND]
    assert default_instant(_DEMO, home, _CLOCK) == _SECOND


def test_a_demonstration_may_be_asked_for_any_instant_that_has_come(home: Home) -> None:
    assert instants_to_run(_DEMO, home, _CLOCK, _CLOCK) == [_FIRST, _SECOND, _CLOCK]
    between = datetime(2026, 3, 5, tzinfo=UTC)
    assert instants_to_run(_DEMO, home, _CLOCK, between) == [_FIRST, between]


def test_a_demonstration_cannot_be_asked_for_the_future(home: Home) -> None:
    with pytest.raises(FutureError, match="2027-01-01T00:00:00Z has not come yet"):
        instants_to_run(_DEMO, home, _CLOCK, _LATER)


def test_the_last_arrival_of_a_demonstration_has_come_whatever_the_clock_says(home: Home) -> None:
    early = datetime(2026, 1, 1, tzinfo=UTC)
    assert instants_to_run(_DEMO, home, early, _SECOND) == [_FIRST, _SECOND]
    with pytest.raises(FutureError, match="2026-04-01T00:00:00Z has not come yet"):
        instants_to_run(_DEMO, home, early, _CLOCK)
