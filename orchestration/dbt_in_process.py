"""dbt run inside this process, with what it does told while it does it.

Stock dagster-dbt starts dbt twice per step; this costs a tenth and leaves no lock behind. It leans
on dbt's callbacks and on dbt-duckdb's connection manager, so both are pinned and tested.

Belongs here: one invocation of dbt, its events, its failures as sentences, closing DuckDB.
Does not: which models are built when (stations), or what Dagster is told (defs.transform).
"""

import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import TieoutError

WAREHOUSE_VARIABLE = "TIEOUT_WAREHOUSE"
RESULT_EVENTS = frozenset({"LogModelResult", "LogTestResult", "LogSeedResult"})
_SUCCESSFUL = frozenset({"success", "pass", "warn", "no-op"})
_QUIET = (
    "--log-level-file",
    "none",
    "--no-send-anonymous-usage-stats",
    "--no-use-colors",
)
_ONE_AT_A_TIME = threading.Lock()

DbtEvent = dict[str, Any]


class DbtBuildError(TieoutError):
    """dbt could not build the models, or an invariant does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResult:
    """What became of one model, seed or test."""

    unique_id: str
    status: str
    message: str
    seconds: float

    @property
    def is_successful(self) -> bool:
        """Whether the node did what it should."""
        return self.status in _SUCCESSFUL


@dataclass(slots=True)
class Outcome:
    """What became of one invocation, node by node; filled while it runs."""

    nodes: list[NodeResult] = field(default_factory=list)
    error: str | None = None

    def raise_if_failed(self) -> None:
        """Raise with one sentence per failed node.

        Raises:
            DbtBuildError: a node failed, or dbt did not get to the nodes.
        """
        failed = [
            node for node in self.nodes if not node.is_successful and node.status != "skipped"
        ]
        if failed:
            lines = [f"  {node.unique_id}: {node.status}. {node.message}" for node in failed]
            raise DbtBuildError("dbt stopped; nothing was sealed after this:\n" + "\n".join(lines))
        if self.error:
            raise DbtBuildError(f"dbt stopped: {self.error}")


class DbtInProcess:
    """Builds models of one project in a warehouse; the parse is read once and used again."""

    def __init__(self, *, project: Path, parsed: Callable[[], Path], target: Path) -> None:
        """Name the project, its parse (looked up when needed) and the folder for artefacts."""
        self._project = project
        self._parsed = parsed
        self._target = target
        self._manifest: Any = None

    def build(
        self, select: Sequence[str], warehouse: Path, outcome: Outcome, *, with_tests: bool = True
    ) -> Iterator[DbtEvent]:
        """Build the selected models and run their tests; yield each node's result as it comes.

        `outcome` is complete when the iterator is exhausted; nothing is raised for failed nodes.
        """
        events: queue.Queue[DbtEvent | None] = queue.Queue()
        arguments = [
            *build_arguments(select, self._project, self._target, with_tests=with_tests),
            *("--no-write-json", "--log-level", "none"),
        ]
        worker = threading.Thread(
            target=self._invoke, args=(arguments, warehouse, events, outcome), name="dbt"
        )
        worker.start()
        try:
            while (event := events.get()) is not None:
                yield event
        finally:
            worker.join()

    def _invoke(
        self,
        arguments: list[str],
        warehouse: Path,
        events: "queue.Queue[DbtEvent | None]",
        outcome: Outcome,
    ) -> None:
        from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415

        def tell(message: Any) -> None:  # noqa: ANN401  # a protobuf message of dbt's
            if message.info.name in RESULT_EVENTS:
                events.put(msg_to_dict(message))

        try:
            if self._manifest is None:
                self._manifest = _read_parse(self._parsed())
            with _warehouse(warehouse):
                result = _run(arguments, self._manifest, [tell])
            outcome.error = str(result.exception) if result.exception else None
            outcome.nodes.extend(_node_results(result.result))
        except BaseException as error:
            outcome.error = f"{type(error).__name__}: {error}"
            raise
        finally:
            events.put(None)


def parse(project: Path, target: Path) -> None:
    """Parse the project; the manifest and dbt's own parse state are written to `target`.

    Raises:
        DbtBuildError: the project is wrong.
    """
    arguments = ["parse", "--log-level", "none", *_QUIET, *_folders(project, target)]
    with _warehouse(target / "warehouse.duckdb"):
        result = _run(arguments, None, [])
    if not result.success:
        raise DbtBuildError(f"The dbt project at {project} cannot be parsed: {result.exception}")


def build_arguments(
    select: Sequence[str], project: Path, target: Path, *, with_tests: bool
) -> list[str]:
    """Return dbt's arguments for building models with their data tests.

    Unit tests of models belong to the test suite. A test that joins both sides of the posting
    waits until both are built.
    """
    return [
        *("build", "--select", *select, "--exclude-resource-type", "unit_test"),
        *(() if with_tests else ("--exclude-resource-type", "test")),
        *("--indirect-selection", "buildable", "--no-partial-parse", "--no-version-check"),
        *_QUIET,
        *_folders(project, target),
    ]


def _run(arguments: list[str], manifest: Any, callbacks: list[Any]) -> Any:  # noqa: ANN401
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    try:
        return dbtRunner(manifest=manifest, callbacks=callbacks).invoke(arguments)
    finally:
        DuckDBConnectionManager.close_all_connections()


def _read_parse(folder: Path) -> Any:  # noqa: ANN401  # dbt's Manifest
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    manifest = Manifest.from_msgpack((folder / "partial_parse.msgpack").read_bytes())
    manifest.build_parent_and_child_maps()
    manifest.build_group_map()
    return manifest


def _node_results(result: Any) -> Iterator[NodeResult]:  # noqa: ANN401  # dbt's results
    for node in getattr(result, "results", []):
        yield NodeResult(
            unique_id=node.node.unique_id,
            status=str(node.status),
            message=str(node.message or ""),
            seconds=float(node.execution_time),
        )


def _folders(project: Path, target: Path) -> list[str]:
    return [
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(target), "--log-path", str(target / "logs")),
    ]


@contextmanager
def _warehouse(path: Path) -> Iterator[None]:
    """Tell dbt's profile where the warehouse is, for the length of one invocation."""
    with _ONE_AT_A_TIME:
        before = os.environ.get(WAREHOUSE_VARIABLE)
        os.environ[WAREHOUSE_VARIABLE] = str(path)
        try:
            yield
        finally:
            if before is None:
                del os.environ[WAREHOUSE_VARIABLE]
            else:
                os.environ[WAREHOUSE_VARIABLE] = before
