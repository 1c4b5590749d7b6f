"""A day of usage is proven from its registered files; what does not agree is said by name."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from core.canonical import file_sha256
from core.home import Home
from orchestration import usage_day

DAY = date(2026, 1, 10)
FILE = "raw/usage/usage_day=2026-01-10/000000001.parquet"
OTHER_FILE = "raw/usage/usage_day=2026-01-11/000000001.parquet"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A day of three events, two posted and one held, beside another day."""
    with duckdb.connect() as connection:
        files = []
        for name, count in ((FILE, 3), (OTHER_FILE, 5)):
            (tmp_path / name).parent.mkdir(parents=True)
            connection.execute(
                f"copy (select 1.5::decimal(17, 6) as quantity from range({count})) "
                f"to '{tmp_path / name}' (format parquet)"
            )
            files.append({"path": name, "sha256": file_sha256(tmp_path / name)})
        connection.execute("create schema raw; create schema intermediate")
        connection.execute(
            "create table raw.corrected_usage (usage_day date, quantity decimal(17, 6))"
        )
        connection.execute("create schema reconciliation")
        connection.execute(
            "create table raw.manifest as select 1 as manifest_number, ? as files",
            [json.dumps(files)],
        )
        connection.execute(
            "create table intermediate.int_usage_matched as select * from (values "
            "(date '2026-01-10', 2::bigint, 3.0), (date '2026-01-10', 1, 1.5), "
            "(date '2026-01-11', 5, 7.5)) as rows (usage_day, event_count, quantity)"
        )
        connection.execute(
            "create table reconciliation.event_dispositions as select * from (values "
            "('usage.recorded', date '2026-01-10', 'posted', 'POSTED', 2), "
            "('usage.recorded', date '2026-01-10', 'held', 'CUSTOMER_UNKNOWN', 1), "
            "('usage.recorded', date '2026-01-11', 'posted', 'POSTED', 5)) "
            "as rows (event_type, usage_day, disposition, reason_code, event_count)"
        )
        yield connection


def test_a_whole_day_is_proven_with_its_counts(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = usage_day.prove(warehouse, Home(tmp_path), DAY)
    assert found.problems == ()
    assert (found.file_count, found.event_count, found.quantity) == (1, 3, "4.500000")
    assert (found.matched_count, found.matched_quantity) == (3, "4.500000")
    assert found.outcomes == (("held", "CUSTOMER_UNKNOWN", 1), ("posted", "POSTED", 2))


def test_what_was_corrected_is_not_looked_for(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute("delete from intermediate.int_usage_matched where event_count = 1")
    warehouse.execute("insert into raw.corrected_usage values ('2026-01-10', 1.5)")
    found = usage_day.prove(warehouse, Home(tmp_path), DAY)
    assert (found.problems, found.event_count, found.corrected_count) == ((), 3, 1)
    warehouse.execute("insert into raw.corrected_usage values ('2026-01-10', 1.5)")
    (problem,) = usage_day.prove(warehouse, Home(tmp_path), DAY).problems
    assert "4.500000, less 2 of 3.000000 that count no more, the models saw 2 of 3.0" in problem


def test_a_day_without_usage_is_whole(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = usage_day.prove(warehouse, Home(tmp_path), date(2026, 1, 12))
    assert (found.problems, found.event_count) == ((), 0)


def test_what_the_models_have_not_seen_is_a_problem(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute("delete from intermediate.int_usage_matched where event_count = 1")
    (problem,) = usage_day.prove(warehouse, Home(tmp_path), DAY).problems
    assert "hold 3 events of quantity 4.500000, the models saw 2 of 3.000000" in problem


def test_an_event_without_an_outcome_is_a_problem(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute("delete from reconciliation.event_dispositions where disposition = 'held'")
    (problem,) = usage_day.prove(warehouse, Home(tmp_path), DAY).problems
    assert "hold 3 events, and 2 have an outcome" in problem


def test_a_file_that_was_changed_or_lost_is_a_problem(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute(
        "copy (select 2.5::decimal(17, 6) as quantity from range(3)) "
        f"to '{tmp_path / FILE}' (format parquet)"
    )
    problems = usage_day.prove(warehouse, Home(tmp_path), DAY).problems
    assert f"{FILE} is not the file that was registered. Restore it." in problems
    (tmp_path / FILE).unlink()
    problems = usage_day.prove(warehouse, Home(tmp_path), DAY).problems
    assert f"{FILE} is missing. Restore it from the backup." in problems
