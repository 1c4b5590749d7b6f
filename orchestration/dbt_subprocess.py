"""dbt run as a program of its own: slower by ten seconds, and free of everything semi-private.

Belongs here: the fallback for dbt_in_process, with the same method and the same events.
Does not: the default way (dbt_in_process).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from orchestration.dbt_in_process import (
    RESULT_EVENTS,
    WAREHOUSE_VARIABLE,
    DbtEvent,
    NodeResult,
    Outcome,
    build_arguments,
)


class DbtSubprocess:
    """Builds models of one project in a warehouse by starting `dbt`."""

    def __init__(self, *, project: Path, parsed: Callable[[], Path], target: Path) -> None:
        """Name the project and the folder for artefacts; the kept parse is not needed."""
        self._project = project
        self._parsed = parsed
        self._target = target

    def build(
        self, select: Sequence[str], warehouse: Path, outcome: Outcome, *, with_tests: bool = True
    ) -> Iterator[DbtEvent]:
        """Build the selected models and run their tests; yield each node's result as it comes."""
        program = Path(sys.executable).with_name("dbt")
        arguments = build_arguments(select, self._project, self._target, with_tests=with_tests)
        process = subprocess.Popen(  # noqa: S603  # our own interpreter's dbt, our own arguments
            [program, "--log-format", "json", *arguments],
            env={**os.environ, WAREHOUSE_VARIABLE: str(warehouse)},
            cwd=self._project,
            stdout=subprocess.PIPE,
            text=True,
        )
        last = ""
        with process, process.stdout as lines:
            for line in lines:
                event = _event(line)
                last = event.get("info", {}).get("msg", line)
                if event.get("info", {}).get("name") in RESULT_EVENTS:
                    yield event
        outcome.nodes.extend(_node_results(self._target / "run_results.json"))
        if process.returncode and not outcome.nodes:
            outcome.error = last


def _event(line: str) -> DbtEvent:
    try:
        return json.loads(line)
    except ValueError:
        return {}


def _node_results(path: Path) -> Iterator[NodeResult]:
    if not path.exists():
        return
    for result in json.loads(path.read_text())["results"]:
        yield NodeResult(
            unique_id=result["unique_id"],
            status=result["status"],
            message=result["message"] or "",
            seconds=result["execution_time"],
        )
