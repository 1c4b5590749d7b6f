"""The chain proves what was taken in; whatever is changed or lost afterwards is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from core.home import Home
from ingestion import manifest, raw_store
from ingestion.manifest import ManifestError
from tests.company import event, json_lines, land, subscription, usage_csv, write_company
from tests.unit.ingestion.store import NOW, take_in


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a store with three entries."""
    for number in range(1, 4):
        created = event("subscription.created", subscription(contract_id=f"K{number}"))
        usage = [(f"u{number}", "M1", f"2026-01-0{number}T00:00:00Z", "api_calls", number)]
        landing = {
            f"{number}/crm/a.jsonl": json_lines([created | {"id": f"e{number}"}]),
            f"{number}/usage/a.csv": usage_csv(usage),
        }
        write_company(tmp_path / "c", landing=landing)
        take_in(tmp_path / "c", tmp_path / "h", NOW + timedelta(days=number))
    return Home(tmp_path / "h")


def rewrite(path: Path, change: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"create table content as from read_parquet('{path}')")
        connection.execute(change)
        connection.execute(f"copy content to '{path}' (format parquet)")


def test_an_untouched_store_has_no_problems(home: Home) -> None:
    assert manifest.verify(home) == []


def test_heads_follow_what_was_known(home: Home) -> None:
    assert manifest.read_head(home).number == 3
    assert manifest.read_head(home).known_at == NOW + timedelta(days=3)
    assert manifest.head_as_of(home, NOW + timedelta(days=2)).number == 2
    assert manifest.head_as_of(home, NOW + timedelta(days=2, seconds=-1)).number == 1
    assert manifest.head_as_of(home, datetime(2020, 1, 1, tzinfo=UTC)).number == 0


def test_an_empty_home_has_the_genesis_head(tmp_path: Path) -> None:
    head = manifest.read_head(Home(tmp_path))
    assert (head.number, head.known_at) == (0, None)
    assert head.entry_hash == manifest.entry_hash(Home(tmp_path), 0)


def test_an_entry_that_does_not_exist_is_a_sentence(home: Home) -> None:
    with pytest.raises(ManifestError, match="entry 9 does not exist"):
        manifest.entry_hash(home, 9)


def test_a_changed_count_is_found(home: Home) -> None:
    rewrite(raw_store.manifest_path(home, 2), "update content set accepted_count = 0")
    assert any("entry 2 was changed" in problem for problem in manifest.verify(home))


def test_an_entry_rewritten_with_its_own_hash_breaks_the_chain(home: Home) -> None:
    path = raw_store.manifest_path(home, 2)
    other = Home(home.path.parent / "other")
    write_company(home.path.parent / "d", landing={"1/usage/x.csv": usage_csv([])})
    take_in(home.path.parent / "d", other.path)
    land(home.path.parent / "d", "2/usage/y.csv", usage_csv([("x", "M", "2026-01-01", "m", 1)]))
    take_in(home.path.parent / "d", other.path)
    path.write_bytes(raw_store.manifest_path(other, 2).read_bytes())
    problems = manifest.verify(home)
    assert any("entry 2 does not follow entry 1" in problem for problem in problems)
    assert any("entry 3 does not follow entry 2" in problem for problem in problems)


def test_a_missing_entry_is_found(home: Home) -> None:
    raw_store.manifest_path(home, 2).unlink()
    assert any("entry 2 is missing" in problem for problem in manifest.verify(home))


@pytest.mark.parametrize("store", ["events", "usage/usage_day=2026-01-02", "identities"])
def test_a_lost_raw_file_is_found(home: Home, store: str) -> None:
    (home.raw / store / "000000002.parquet").unlink()
    [problem] = manifest.verify(home)
    assert f"raw/{store}/000000002.parquet of raw manifest entry 2 is missing" in problem


def test_a_changed_raw_file_is_found(home: Home) -> None:
    path = raw_store.usage_path(home, "2026-01-02", 2)
    rewrite(path, "update content set quantity = quantity + 1")
    [problem] = manifest.verify(home)
    assert "usage_day=2026-01-02/000000002.parquet of raw manifest entry 2 was changed" in problem


def test_a_person_can_be_erased_without_breaking_the_chain(home: Home) -> None:
    for path in home.vault.rglob("*.parquet"):
        path.unlink()
    assert manifest.verify(home) == []
