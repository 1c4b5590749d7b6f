"""A small warehouse for tests: typed source tables, rows as literals, the models of the project.

Belongs here: making the file, filling its sources, building models, asking questions.
Does not: rows of any one test, or what a model should answer.

Every table of the dbt sources exists, typed as `_sources.yml` declares it, and empty unless rows
are given. Models are the statements dbt executed (compiled_models); dbt itself runs unit tests.
"""

import os
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration.dbt_in_process import Outcome
from tests.compiled_models import compiled_dbt, lay_empty_sources

PROJECT = Path(__file__).parents[1] / "dbt_project"
_QUIET = ["--log-level", "none", "--log-level-file", "none", "--no-use-colors"]

_LANDED = ("raw.events", "raw.usage", "raw.usage_corrections")

Row = Mapping[str, Any]


class BuildError(AssertionError):
    """dbt did not succeed; the message names the nodes and what they said."""


class Warehouse:
    """One temporary warehouse file; the catalog is named `warehouse` as everywhere."""

    def __init__(self, folder: Path) -> None:
        """Create the file with all source tables, empty."""
        self.path = folder / "warehouse.duckdb"
        self._target = folder / "dbt"
        sources = parsed_project().sources.values()
        lay_empty_sources(self.path, [source.to_dict() for source in sources])

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows to a source table such as `raw.events`; columns not named stay null.

        What would have landed is counted in `raw.manifest`, as every ingest does.
        """
        rows = list(rows)
        if table in _LANDED:
            # A replacement is counted as the usage it is; a cancellation is nothing else.
            counted = [row for row in rows if row.get("is_cancellation", True)]
            counts = Counter(row.get("manifest_number") for row in counted)
            self.insert("raw.manifest", [_landing(table, *each) for each in counts.items()])
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for row in rows:
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
                )

    def replace(self, table: str, rows: Iterable[Row]) -> None:
        """Empty a source table, then add rows."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(f"delete from {table}")
            connection.execute("delete from raw.manifest where landed_path = ?", [table])
        self.insert(table, rows)

    def execute(self, sql: str) -> None:
        """Run one statement against the file."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(sql)

    def build(self, select: str, *, unit_tests: bool = False) -> None:
        """Build models and seeds with their data tests; fail with what dbt said.

        Args:
            select: a dbt selection such as `+usage_charges` or `tag:books`.
            unit_tests: also run the models' dbt unit tests; takes dbt itself, and longer.
        """
        if unit_tests:
            self.invoke(["build", "--select", *select.split()])
        else:
            self._execute(select, with_tests=True)

    def run(self, select: str) -> None:
        """Build models without any test."""
        self._execute(select, with_tests=False)

    def _execute(self, select: str, *, with_tests: bool) -> None:
        outcome = Outcome()
        built = compiled_dbt().build(select.split(), self.path, outcome, with_tests=with_tests)
        deque(built, maxlen=0)
        failed = [node for node in outcome.nodes if not node.is_successful]
        if failed or not outcome.nodes:
            said = [f"{node.unique_id}: {node.status}: {node.message}" for node in failed]
            raise BuildError("\n".join(said) or f"Nothing is selected by: {select}")

    def invoke(self, arguments: Sequence[str]) -> dbtRunnerResult:
        """Run one dbt command against this file.

        Raises:
            BuildError: a node failed, or nothing was selected.
        """
        result = run_dbt([*arguments, "--target-path", str(self._target)], self.path)
        if not result.success:
            raise BuildError(_complaints(result))
        if not getattr(result.result, "results", True):
            raise BuildError(f"dbt selected nothing: {' '.join(arguments)}")
        return result

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query as dictionaries."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query as tuples."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()


def _landing(table: str, number: int | None, count: int) -> Row:
    return {
        "manifest_number": number or 1,
        "entry_kind": "landing",
        "source": "given",
        "landed_path": table,
        "known_at": "2026-01-01 00:00:00",
        "landed_count": count,
        "accepted_count": count,
        "duplicate_count": 0,
        "quarantined_count": 0,
        "entry_hash": f"hash of {number or 1}",
    }


@cache
def parsed_project() -> Manifest:
    """Parse the dbt project once per process; every later invocation reuses it."""
    with TemporaryDirectory(prefix="tieout-dbt-") as folder:
        result = run_dbt(
            ["parse", "--target-path", folder], Path(folder) / "warehouse.duckdb", parsed=False
        )
    if not result.success:
        raise BuildError(_complaints(result))
    return result.result


def run_dbt(arguments: Sequence[str], warehouse: Path, *, parsed: bool = True) -> dbtRunnerResult:
    """Run dbt in this process, from this project, against one warehouse file."""
    before = os.environ.get("TIEOUT_WAREHOUSE")
    os.environ["TIEOUT_WAREHOUSE"] = str(warehouse)
    try:
        runner = dbtRunner(manifest=parsed_project() if parsed else None)
        return runner.invoke(
            [
                *_QUIET,
                *arguments,
                "--project-dir", str(PROJECT),
                "--profiles-dir", str(PROJECT),
            ]
        )  # fmt: skip
    finally:
        DuckDBConnectionManager.close_all_connections()
        if before is None:
            del os.environ["TIEOUT_WAREHOUSE"]
        else:
            os.environ["TIEOUT_WAREHOUSE"] = before


def _complaints(result: dbtRunnerResult) -> str:
    if result.exception is not None:
        return str(result.exception)
    return "\n".join(
        f"{node.node.unique_id}: {node.status}: {node.message}"
        for node in result.result.results
        if node.status not in {"success", "pass", "skipped", "warn", "no-op"}
    )
