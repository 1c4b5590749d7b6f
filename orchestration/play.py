"""Executing the main job in this process, once per instant.

Belongs here: the Dagster instance of a home, running the job, what became of it.
Does not: which stations there are (defs), or which instants (instants).
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import TieoutError
from core.files import write_atomically
from core.home import Home
from core.spans import format_instant
from orchestration import run_record
from orchestration.instants import instants_to_run
from orchestration.run_record import RunRecord, record_of
from orchestration.workplace import Workplace

DAGSTER_YAML = """\
# Written by Tieout. Runs started in the Dagster UI and by its schedules are kept here.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    granularity: run
    default_limit: 1
run_monitoring:
  enabled: true
run_retries:
  enabled: true
  max_retries: 0
  retry_on_asset_or_op_failure: false
freshness:
  enabled: true
"""


class RunFailedError(TieoutError):
    """A run stopped; what was sealed before stays sealed, and the next run goes on from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One run that went through."""

    run_id: str
    as_of: datetime
    record: RunRecord


def write_instance_settings(home: Home) -> Path:
    """Write Dagster's settings for a home; return its folder, to be used as DAGSTER_HOME."""
    path = home.dagster / "dagster.yaml"
    if not path.exists() or path.read_text() != DAGSTER_YAML:
        write_atomically(path, lambda target: target.write_text(DAGSTER_YAML))
    return home.dagster


def play(
    work: Workplace, instant: datetime, *, now: datetime | None = None, sealing: str = "all"
) -> Played:
    """Run the main job at an instant, in this process.

    Args:
        work: where to run.
        instant: what is known counts through here.
        now: when files that have landed become known; the instant unless said otherwise.
        sealing: `all` entry types or only the `immediate` ones.

    Raises:
        RunFailedError: a station failed; the sentence says which and why.
    """
    started = time.perf_counter()
    # Dagster takes seconds to import, only paid by commands that run something.
    from orchestration.definitions import build_definitions  # noqa: PLC0415
    from orchestration.defs.automation import MAIN_JOB  # noqa: PLC0415
    from orchestration.unwatched import unwatched_instance  # noqa: PLC0415

    with unwatched_instance() as instance:
        job = build_definitions(work).resolve_job_def(MAIN_JOB)
        loaded = time.perf_counter() - started
        result = job.execute_in_process(
            instance=instance,
            run_config=_run_config(instant, now or instant, sealing),
            raise_on_error=False,
        )
    record = record_of(work.home, result.run_id)
    record.add_seconds(run_record.FRAMEWORK, "load", loaded)
    record.update(whole_seconds=round(time.perf_counter() - started, 3))
    if not result.success:
        raise RunFailedError(_failure(result, record, instant))
    return Played(run_id=result.run_id, as_of=instant, record=record)


def play_earlier_arrivals(work: Workplace, instant: datetime) -> None:
    """Play what a demonstration has not shown yet before the arrival at an instant.

    A run that is started in the Dagster UI, where one run is one instant, then ends where the
    command line ends.
    """
    for earlier in instants_to_run(work.company, work.home, instant, None):
        if earlier < instant:
            play(work, earlier)


def _run_config(instant: datetime, now: datetime, sealing: str) -> dict[str, Any]:
    request = {
        "as_of": format_instant(instant),
        "now": format_instant(now),
        "sealing": sealing,
    }
    return {
        "resources": {"request": {"config": request}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def _failure(result: Any, record: RunRecord, instant: datetime) -> str:  # noqa: ANN401
    said = record.get("failure") or "\n".join(
        f"{event.step_key}: {innermost(event.step_failure_data.error)}"
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.error
    )
    return (
        f"The run for {format_instant(instant)} stopped. {said}\n"
        "What was sealed stays sealed; run again when the cause is gone."
    )


def innermost(error: Any) -> str:  # noqa: ANN401  # Dagster's chain of serialized errors
    """Return what a failed step said first, without the chain around it."""
    while error.cause is not None:
        error = error.cause
    return error.message.strip()
