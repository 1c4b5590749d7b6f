"""Each generic test of the dbt project passes on right rows and fails on wrong ones.

Belongs here: a tiny project around our generic tests, with one right and one wrong table each.
Does not: tests of what a macro computes, or of the models.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from tests.warehouse import PROJECT


@dataclass(frozen=True, kw_only=True)
class Case:
    """One generic test with a table that satisfies it and one that does not."""

    test: str
    right: str
    wrong: str
    arguments: dict[str, object] = field(default_factory=dict)
    column: str | None = None


CASES = [
    Case(
        test="sums_to",
        column="part",
        arguments={
            "parent": "ref('parents')",
            "parent_column": "total",
            "key": "id",
        },
        right="select * from (values (1, 60), (1, 40), (2, 5)) as rows (id, part)",
        wrong="select * from (values (1, 60), (1, 39), (2, 5)) as rows (id, part)",
    ),
    Case(
        test="sums_to",
        column="part",
        arguments={"parent": "ref('parents')", "parent_column": "total", "key": "id"},
        right="select * from (values (1, 100), (2, 5)) as rows (id, part)",
        wrong="select * from (values (1, 100)) as rows (id, part)",
    ),
    Case(
        test="is_balanced",
        column="amount",
        arguments={"group_by": "entry"},
        right="select * from (values ('a', 5), ('a', -5), ('b', 0)) as rows (entry, amount)",
        wrong="select * from (values ('a', 5), ('b', -5)) as rows (entry, amount)",
    ),
    Case(
        test="unique_combination",
        arguments={"columns": ["a", "b"]},
        right="select * from (values (1, 1), (1, 2)) as rows (a, b)",
        wrong="select * from (values (1, null), (1, null)) as rows (a, b)",
    ),
    Case(
        test="is_primary_key",
        column="id",
        right="select * from (values (1), (2)) as rows (id)",
        wrong="select * from (values (1), (1)) as rows (id)",
    ),
    Case(
        test="is_primary_key",
        column="id",
        right="select 1 as id",
        wrong="select cast(null as integer) as id",
    ),
    Case(
        test="accepted_range",
        column="value",
        arguments={"min_value": 0, "max_value": 4},
        right="select * from (values (0), (4), (null)) as rows (value)",
        wrong="select 5 as value",
    ),
    Case(
        test="accepted_range",
        column="value",
        arguments={"min_value": 1},
        right="select 1 as value",
        wrong="select 0 as value",
    ),
    Case(
        test="not_negative",
        column="value",
        right="select * from (values (0), (1), (null)) as rows (value)",
        wrong="select -1 as value",
    ),
    Case(
        test="satisfies",
        arguments={"condition": "a <= b"},
        right="select 1 as a, 1 as b",
        wrong="select 1 as a, cast(null as integer) as b",
    ),
    Case(
        test="spans_do_not_overlap",
        arguments={
            "owner": "owner",
            "span_from": "a",
            "span_to": "b",
            "tie_breaker": "a",
        },
        right="select * from (values ('x', 1, 3), ('x', 3, 4), ('y', 1, 9)) as rows (owner, a, b)",
        wrong="select * from (values ('x', 1, 4), ('x', 3, 5)) as rows (owner, a, b)",
    ),
    Case(
        test="spans_do_not_overlap",
        arguments={"owner": "owner", "span_from": "a", "span_to": "b", "tie_breaker": "a"},
        right="select 'x' as owner, 1 as a, 2 as b",
        wrong="select 'x' as owner, 2 as a, 2 as b",
    ),
]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the status of every test of the tiny project, by its name."""
    folder = tmp_path_factory.mktemp("generic")
    _write_project(folder)
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    folders = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    result = dbtRunner().invoke([*quiet, "build", *folders])
    DuckDBConnectionManager.close_all_connections()
    if result.exception is not None:
        raise result.exception
    return {node.node.name: str(node.status) for node in result.result.results}


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.test for case in CASES])
def test_generic_test_passes_right_rows_and_fails_wrong_ones(
    outcomes: dict[str, str], number: int
) -> None:
    assert outcomes[f"test_right_{number}"] == "pass"
    assert outcomes[f"test_wrong_{number}"] == "fail"


def test_every_generic_test_has_a_case() -> None:
    ours = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    assert ours == {case.test for case in CASES}


def _write_project(folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "tests").mkdir()
    (folder / "macros").symlink_to(PROJECT / "macros")
    (folder / "tests" / "generic").symlink_to(PROJECT / "tests" / "generic")
    (folder / "dbt_project.yml").write_text(
        "{name: tiny, profile: tiny, version: '1.0.0', flags: {send_anonymous_usage_stats: false}}"
    )
    (folder / "profiles.yml").write_text(
        f"tiny: {{outputs: {{d: {{type: duckdb, path: '{folder}/warehouse.duckdb'}}}}, target: d}}"
    )
    models = folder / "models"
    models.joinpath("parents.sql").write_text(
        "select * from (values (1, 100), (2, 5)) as rows (id, total)"
    )
    described = []
    for number, case in enumerate(CASES):
        for kind, rows in (("right", case.right), ("wrong", case.wrong)):
            name = f"{kind}_{number}"
            models.joinpath(f"{name}.sql").write_text(rows)
            described.append(_description(name, case))
    models.joinpath("models.yml").write_text(yaml.safe_dump({"models": described}))


def _description(name: str, case: Case) -> dict[str, object]:
    test = {case.test: {"name": f"test_{name}", "arguments": case.arguments}}
    if case.column is None:
        return {"name": name, "data_tests": [test]}
    return {"name": name, "columns": [{"name": case.column, "data_tests": [test]}]}
