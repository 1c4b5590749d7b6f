"""Which areas are published when something failed."""

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from core.home import Home
from orchestration import publish
from orchestration.dbt_in_process import NodeResult, Outcome
from orchestration.publishing import public_areas, publish_unharmed


def _model(schema: str, name: str, tag: str = "books", materialized: str = "table") -> dict:
    return {
        "resource_type": "model",
        "schema": schema,
        "name": name,
        "tags": [tag],
        "config": {"materialized": materialized},
    }


_NODES = {
    "usage": _model("usage", "charges"),
    "revenue": _model("revenue", "balances"),
    "staging": _model("staging", "stg_events"),
    "lines": _model("journals", "subledger_lines"),
    "entries": _model("journals", "journal_entries", tag="proof"),
    "view": _model("lineage", "usage_event_charges", tag="proof", materialized="view"),
    "test_usage": {
        "resource_type": "test",
        "schema": "test_failures",
        "depends_on": {"nodes": ["usage"]},
    },
    "test_revenue": {
        "resource_type": "test",
        "schema": "test_failures",
        "depends_on": {"nodes": ["revenue"]},
    },
}


@pytest.fixture
def run(tmp_path: Path) -> SimpleNamespace:
    home = Home(tmp_path)
    with duckdb.connect(str(home.warehouse)) as connection:
        for schema, name in (("usage", "charges"), ("revenue", "balances")):
            connection.execute(f"create schema {schema}")
            connection.execute(f"create table {schema}.{name} as select 1 as n")
    work = SimpleNamespace(project=SimpleNamespace(manifest={"nodes": _NODES}))
    return SimpleNamespace(home=home, work=work, run_id="r1")


def _outcome(**statuses: str) -> Outcome:
    return Outcome(
        nodes=[
            NodeResult(unique_id=name, status=status, message="", seconds=0.0)
            for name, status in statuses.items()
        ]
    )


def test_areas_hold_their_tables_and_no_views() -> None:
    assert public_areas({"nodes": _NODES}) == {
        "journals": ["journal_entries", "subledger_lines"],
        "revenue": ["balances"],
        "usage": ["charges"],
    }


def test_a_failure_in_revenue_does_not_keep_usage_back(run: SimpleNamespace) -> None:
    outcome = _outcome(
        usage="success", test_usage="pass", revenue="success", test_revenue="fail", lines="skipped"
    )
    assert publish_unharmed(run, "books", outcome) == ["usage"]
    with publish.open_marts(run.home.marts) as reader:
        tables = reader.execute("select table_schema from information_schema.tables").fetchall()
    assert tables == [("usage",)]


def test_an_area_that_is_completed_after_posting_waits(run: SimpleNamespace) -> None:
    outcome = _outcome(usage="error", revenue="skipped", lines="success")
    assert publish_unharmed(run, "books", outcome) == []
    assert not run.home.marts.exists()
