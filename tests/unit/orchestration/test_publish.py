"""Publishing: readers never wait, never see half a run, and keep what they hold."""

import stat
from pathlib import Path

import duckdb
import pytest

from orchestration import publish


@pytest.fixture
def books() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema revenue")
    connection.execute("create schema usage")
    connection.execute("create table revenue.balances as select 1::bigint as deferred_minor")
    connection.execute("create table revenue.schedules as select 7::bigint as recognized_minor")
    connection.execute("create table usage.charges as select 3::bigint as charge_minor")
    return connection


def _publish(books: duckdb.DuckDBPyConnection, marts: Path, edition: str) -> Path:
    publish.publish_area(books, marts, "revenue", ["balances", "schedules"], edition)
    publish.publish_area(books, marts, "usage", ["charges"], edition)
    return publish.publish_file(marts, edition)


def _deferred(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("select deferred_minor from revenue.balances").fetchone()[0]


def test_a_reader_that_holds_the_old_edition_keeps_reading_it(
    books: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _publish(books, tmp_path, "one")
    reader = publish.open_marts(tmp_path)
    assert _deferred(reader) == 1
    for number in range(2, 7):  # more editions than are kept
        books.execute("update revenue.balances set deferred_minor = ?", [number])
        _publish(books, tmp_path, f"edition{number}")
    assert _deferred(reader) == 1
    assert reader.execute("select count(*) from usage.charges").fetchone() == (1,)
    with publish.open_marts(tmp_path) as newest:
        assert _deferred(newest) == 6


def test_a_reader_of_parquet_keeps_its_file(
    books: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    publish.publish_area(books, tmp_path, "revenue", ["balances"], "one")
    with (tmp_path / "revenue" / "balances.parquet").open("rb") as held:
        before = (tmp_path / "revenue" / "balances.parquet").read_bytes()
        books.execute("update revenue.balances set deferred_minor = 2")
        publish.publish_area(books, tmp_path, "revenue", ["balances"], "two")
        assert held.read() == before
    assert (tmp_path / "revenue" / "balances.parquet").read_bytes() != before


def test_the_marts_file_can_only_be_read(books: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = _publish(books, tmp_path, "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    with publish.open_marts(tmp_path) as reader, pytest.raises(duckdb.Error, match="read-only"):
        reader.execute("create table revenue.forged as select 1")


def test_an_area_is_published_on_its_own(books: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    _publish(books, tmp_path, "one")
    books.execute("update revenue.balances set deferred_minor = 9")
    books.execute("update usage.charges set charge_minor = 4")
    publish.publish_area(books, tmp_path, "usage", ["charges"], "two")  # revenue failed
    publish.publish_file(tmp_path, "two")
    with publish.open_marts(tmp_path) as reader:
        assert _deferred(reader) == 1
        assert reader.execute("select charge_minor from usage.charges").fetchone() == (4,)


def test_only_the_last_editions_are_kept(books: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for number in range(6):
        _publish(books, tmp_path, f"e{number}")
    assert len(list(tmp_path.glob("marts-*.duckdb"))) == 3
    assert len(list((tmp_path / ".areas").glob("revenue-*"))) == 3


def test_a_mart_that_is_gone_is_not_published_again(
    books: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _publish(books, tmp_path, "one")
    publish.publish_area(books, tmp_path, "revenue", ["balances"], "two")
    publish.publish_file(tmp_path, "two")
    assert [path.name for path in (tmp_path / "revenue").iterdir()] == ["balances.parquet"]


def test_marts_before_the_first_run_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(publish.NothingPublishedError, match="tieout run"):
        publish.open_marts(tmp_path)
