"""dbt inside this process: what it tells, how it fails, what it leaves behind."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_in_process import DbtBuildError, DbtInProcess, Outcome
from orchestration.dbt_project_cache import DbtProjectCache, DbtProjectError
from orchestration.dbt_subprocess import DbtSubprocess

_PROJECT = """\
name: tiny
version: "1.0.0"
profile: tiny
models: {tiny: {+materialized: table}}
"""
_PROFILE = """\
tiny:
  target: here
  outputs:
    here: {type: duckdb, path: "{{ env_var('TIEOUT_WAREHOUSE') }}", threads: 1}
"""
_TESTS = """\
models:
  - name: numbers
    columns:
      - name: number
        data_tests: [not_null, unique]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DbtProjectCache:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text(_PROJECT)
    (folder / "profiles.yml").write_text(_PROFILE)
    (folder / "models" / "numbers.sql").write_text("select unnest([1, 2, 3]) as number")
    (folder / "models" / "doubled.sql").write_text(
        "select number * 2 as n from {{ ref('numbers') }}"
    )
    (folder / "models" / "tests.yml").write_text(_TESTS)
    cache = DbtProjectCache(project=folder, cache=folder / "target")
    assert cache.parsed.is_dir()
    return cache


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def dbt(project: DbtProjectCache, tmp_path: Path) -> DbtInProcess:
    return DbtInProcess(
        project=project.project, parsed=lambda: project.parsed, target=tmp_path / "dbt"
    )


def _names(events: Iterator[dict]) -> list[str]:
    return [event["data"]["node_info"]["node_name"] for event in events]


def test_every_model_and_test_is_told_and_the_warehouse_is_let_go(
    dbt: DbtInProcess, warehouse: Path
) -> None:
    for _ in range(2):  # the parse is used again, and the first build left no lock
        outcome = Outcome()
        names = _names(dbt.build(["numbers+"], warehouse, outcome))
        assert names.index("numbers") < names.index("doubled")
        assert len(names) == len(outcome.nodes) == 4
        outcome.raise_if_failed()
        with duckdb.connect(str(warehouse)) as connection:
            assert connection.execute("select sum(n) from doubled").fetchone() == (12,)


def test_tests_can_be_left_out(dbt: DbtInProcess, warehouse: Path) -> None:
    names = _names(dbt.build(["numbers+"], warehouse, Outcome(), with_tests=False))
    assert sorted(names) == ["doubled", "numbers"]


def test_an_invariant_that_does_not_hold_is_named_and_stops_what_follows(
    project: DbtProjectCache, dbt: DbtInProcess, warehouse: Path
) -> None:
    model = project.project / "models" / "numbers.sql"
    whole = model.read_text()
    model.write_text("select unnest([1, 1]) as number")
    try:
        broken = DbtProjectCache(project=project.project, cache=project.cache)
        dbt = DbtInProcess(
            project=project.project, parsed=lambda: broken.parsed, target=warehouse.parent / "dbt"
        )
        outcome = Outcome()
        list(dbt.build(["numbers+"], warehouse, outcome))
    finally:
        model.write_text(whole)
    with pytest.raises(DbtBuildError, match=r"unique_numbers_number.*fail"):
        outcome.raise_if_failed()
    assert {node.status for node in outcome.nodes} == {"success", "pass", "fail", "skipped"}


def test_a_warehouse_that_cannot_be_opened_is_said(dbt: DbtInProcess, warehouse: Path) -> None:
    outcome = Outcome()
    events = list(dbt.build(["numbers"], warehouse.parent / "no" / "w.duckdb", outcome))
    assert events == []
    with pytest.raises(DbtBuildError, match="dbt stopped"):
        outcome.raise_if_failed()


def test_the_environment_is_as_before(dbt: DbtInProcess, warehouse: Path) -> None:
    before = dict(os.environ)
    list(dbt.build(["numbers"], warehouse, Outcome()))
    assert dict(os.environ) == before


def test_the_program_tells_the_same_as_dbt_in_process(
    project: DbtProjectCache, dbt: DbtInProcess, tmp_path: Path
) -> None:
    program = DbtSubprocess(
        project=project.project, parsed=lambda: project.parsed, target=tmp_path / "stock"
    )
    told = {}
    for name, way in (("inside", dbt), ("program", program)):
        outcome = Outcome()
        warehouse = tmp_path / name / "warehouse.duckdb"
        warehouse.parent.mkdir()
        events = sorted(_names(way.build(["numbers+"], warehouse, outcome)))
        told[name] = events, sorted((node.unique_id, node.status) for node in outcome.nodes)
    assert told["inside"] == told["program"]


def test_the_code_version_follows_the_models_and_nothing_else(project: DbtProjectCache) -> None:
    def version() -> str:
        return DbtProjectCache(project=project.project, cache=project.cache).code_version

    before = version()
    profile = project.project / "profiles.yml"
    profile.write_text(_PROFILE + "# a comment\n")
    assert version() == before
    model = project.project / "models" / "numbers.sql"
    whole = model.read_text()
    model.write_text(whole + " ")
    try:
        assert version() != before
    finally:
        model.write_text(whole)
        profile.write_text(_PROFILE)


def test_a_folder_without_a_project_is_said(tmp_path: Path) -> None:
    with pytest.raises(DbtProjectError, match=r"dbt_project\.yml"):
        _ = DbtProjectCache(project=tmp_path, cache=tmp_path / "target").code_version
