"""The models and data tests exactly as dbt ran them, run again without dbt.

dbt spends some 40 ms on every node before DuckDB sees it. A test that builds the same project
dozens of times keeps the statements of one real build and executes those, in the same order.

Belongs here: recording a build's statements, executing them, spoiling one of them on purpose.
Does not: rendering SQL (dbt did), or what a run is (tests.pipeline).
"""

import fcntl
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from core.files import write_atomically
from core.home import Home
from orchestration.dbt_in_process import DbtEvent, DbtInProcess, NodeResult, Outcome
from orchestration.dbt_project_cache import DbtProjectCache
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

_SEEDS = "seeds"
_NODES = "nodes.json"

Spoil = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One model or data test with the statement dbt executed for it."""

    unique_id: str
    name: str
    is_test: bool
    tags: frozenset[str]
    parents: tuple[str, ...]
    sql: str


def compiled_dbt() -> "CompiledDbt":
    """Return dbt's stand-in for the project as it is now; recorded once per content and machine."""
    settings = Settings(home=Home(Path()))
    cache = DbtProjectCache(project=settings.dbt_project, cache=settings.dbt_cache)
    recording = cache.parsed / "executed"
    if not (recording / _NODES).exists():
        with (cache.parsed / "executed.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (recording / _NODES).exists():
                _record(cache, recording)
    return CompiledDbt(recording=recording)


def _record(cache: DbtProjectCache, recording: Path) -> None:
    """Have dbt build everything from empty sources, and keep each statement and seed."""
    (recording / _SEEDS).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        lay_empty_sources(warehouse, cache.manifest["sources"].values())
        target = Path(folder) / "dbt"
        dbt = DbtInProcess(project=cache.project, parsed=lambda: cache.parsed, target=target)
        outcome = Outcome()
        deque(dbt.build(["tag:books", "tag:proof"], warehouse, outcome), maxlen=0)
        outcome.raise_if_failed()
        nodes = []
        with open_warehouse(warehouse, read_only=True) as connection:
            for unique_id, node in cache.manifest["nodes"].items():
                if node["resource_type"] == "seed":
                    seed = recording / _SEEDS / f"{node['schema']}.{node['name']}.parquet"
                    connection.execute(f"copy {node['schema']}.{node['name']} to '{seed}'")
                path = _statement(node, target / "run")
                if path is not None:
                    nodes.append(_recorded(unique_id, node, path.read_text()))
    schemas = sorted({node["schema"] for node in cache.manifest["nodes"].values()})
    text = json.dumps({"schemas": schemas, "nodes": nodes})
    write_atomically(recording / _NODES, lambda path: path.write_text(text))


def lay_empty_sources(warehouse: Path, sources: Iterable[Mapping[str, Any]]) -> None:
    """Create every source table as `_sources.yml` types it, without rows."""
    with open_warehouse(warehouse) as connection:
        for source in sources:
            columns = ", ".join(
                f"{column['name']} {column['data_type']}" for column in source["columns"].values()
            )
            table = f"{source['schema']}.{source['identifier']}"
            connection.execute(f"create schema if not exists {source['schema']}")
            connection.execute(f"create table {table} ({columns})")


@dataclass(kw_only=True)
class CompiledDbt:
    """Builds the recorded models; takes dbt's place at a workplace.

    Attributes:
        recording: the folder that `record` wrote.
        spoiled: how to change the statement of a model, by its name.
    """

    recording: Path
    spoiled: Mapping[str, Spoil] = field(default_factory=dict)

    def build(
        self, select: Sequence[str], warehouse: Path, outcome: Outcome, *, with_tests: bool = True
    ) -> Iterator[DbtEvent]:
        """Execute the selected models and, once all they read is built, their data tests."""
        nodes, schemas = self._read()
        chosen = _chosen(nodes, select)
        with open_warehouse(warehouse) as connection:
            connection.execute("set threads = 1")  # tests run side by side, one for each core
            self._lay_seeds(connection, schemas)
            failed: set[str] = set()
            for node in _in_order(chosen):
                if (node.is_test and not with_tests) or failed.intersection(node.parents):
                    failed.add(node.unique_id)  # what is not built cannot be read
                    continue
                result = _execute(connection, node, self.spoiled.get(node.name))
                if result.status == "error":
                    failed.add(node.unique_id)
                outcome.nodes.append(result)
                yield {"data": {"node_info": {"node_name": node.name}}}

    def _read(self) -> tuple[dict[str, Node], list[str]]:
        recorded = json.loads((self.recording / _NODES).read_text())
        nodes = [
            Node(**each | {"tags": frozenset(each["tags"]), "parents": tuple(each["parents"])})
            for each in recorded["nodes"]
        ]
        return {node.unique_id: node for node in nodes}, recorded["schemas"]

    def _lay_seeds(self, connection: duckdb.DuckDBPyConnection, schemas: Sequence[str]) -> None:
        for schema in schemas:
            connection.execute(f"create schema if not exists {schema}")
        for path in (self.recording / _SEEDS).iterdir():
            connection.execute(f"create or replace table {path.stem} as from '{path}'")


def _statement(node: Mapping[str, Any], run_folder: Path) -> Path | None:
    folder = run_folder / node["package_name"]
    if node["resource_type"] == "model":
        return folder / node["original_file_path"]
    if node["resource_type"] == "test":
        path = Path(node["original_file_path"])
        return folder / path if path.suffix == ".sql" else folder / path / node["path"]
    return None


def _recorded(unique_id: str, node: Mapping[str, Any], sql: str) -> dict[str, Any]:
    return {
        "unique_id": unique_id,
        "name": node["name"],
        "is_test": node["resource_type"] == "test",
        "tags": node["tags"],
        "parents": node["depends_on"]["nodes"],
        "sql": _repeatable(sql),
    }


def _repeatable(sql: str) -> str:
    """Have a relation replace the one of the same name, for which dbt has other statements.

    A view is renamed by dbt; what it builds incrementally is built from everything here.
    """
    sql = re.sub(
        r"create\s+view\s+(\S+)__dbt_tmp\"", r'create or replace view \1"', sql, flags=re.IGNORECASE
    )
    return re.sub(r"create\s+table\s", "create or replace table ", sql, flags=re.IGNORECASE)


def _chosen(nodes: Mapping[str, Node], select: Sequence[str]) -> list[Node]:
    """Return the selected nodes, and the tests that need nothing beyond them and their parents.

    Understood is what tests and the pipeline ask for: unions of intersections of names (with `*`
    at will, and `+` before one for all it is made from), `tag:X` and `source:X+`. Seeds are always
    there.
    """
    models = {key: node for key, node in nodes.items() if not node.is_test}
    chosen: set[str] = set()
    for part in select:
        found = set(nodes)
        for term in part.split(","):
            found &= _matching(nodes, models, term)
        chosen |= found
    around = chosen | {key for each in chosen for key in _ancestors(models, each)}
    chosen |= {
        key
        for key, node in nodes.items()
        if node.is_test
        and set(node.parents) & chosen
        and {parent for parent in node.parents if parent in models} <= around
    }
    return [nodes[key] for key in sorted(chosen)]


def _matching(nodes: Mapping[str, Node], models: Mapping[str, Node], term: str) -> set[str]:
    kind, _, value = term.rpartition(":")
    if kind == "tag":
        return {key for key, node in models.items() if value in node.tags}
    if kind == "source":
        prefix = f".{value.removesuffix('+')}."
        roots = {
            key
            for key, node in models.items()
            if any(parent.startswith("source.") and prefix in parent for parent in node.parents)
        }
        return roots | {key for key in models if _ancestors(models, key) & roots}
    found = {key for key, node in nodes.items() if fnmatch(node.name, value.removeprefix("+"))}
    if not value.startswith("+"):
        return found
    return found | {parent for key in found for parent in _ancestors(models, key)}


def _ancestors(models: Mapping[str, Node], key: str) -> set[str]:
    found: set[str] = set()
    waiting = [key]
    while waiting:
        node = models.get(waiting.pop())
        for parent in node.parents if node else ():
            if parent in models and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _in_order(nodes: Sequence[Node]) -> Iterator[Node]:
    by_key = {node.unique_id: node for node in nodes}
    sorter = TopologicalSorter(
        {node.unique_id: [key for key in node.parents if key in by_key] for node in nodes}
    )
    for key in sorter.static_order():
        yield by_key[key]


def _execute(connection: duckdb.DuckDBPyConnection, node: Node, spoil: Spoil | None) -> NodeResult:
    sql = node.sql
    if spoil is not None:
        sql = spoil(node.sql)
        if sql == node.sql:
            raise ValueError(f"The text to spoil is not in {node.name} any more.")
    status, message = "success", ""
    try:
        rows = connection.execute(sql).fetchall()
    except duckdb.Error as error:
        status, message = "error", str(error)
    else:
        if node.is_test and rows[0][0]:
            status, message = "fail", f"Got {rows[0][0]} results"
    return NodeResult(unique_id=node.unique_id, status=status, message=message, seconds=0.0)
