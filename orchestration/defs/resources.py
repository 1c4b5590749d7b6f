"""Resources: what the assets of a run are handed.

Belongs here: the request of a run, as Dagster configuration; names of resources and pools.
Does not: the workplace itself, which knows nothing of Dagster.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import dagster as dg

from orchestration.runs import Run, open_run
from orchestration.workplace import Workplace
from posting.errors import TransportError

WAREHOUSE_POOL = "warehouse"
OWNER_PLATFORM = "team:data-platform"
OWNER_FINANCE = "team:revenue-accounting"
# What came in, and what finance reads, is a day old at most; after another day somebody looks.
DAILY = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
)
_TRIES = 3
_SECONDS_BETWEEN_TRIES = 10


class RunRequest(dg.ConfigurableResource):
    """What somebody asks of a run.

    Attributes:
        as_of: an ISO instant such as 2026-03-01T06:00:00Z; empty for now, or for the last instant
            of a demonstration.
        now: when files that have landed become known; empty for as_of.
        sealing: `all` entry types (daily), or `immediate` ones only (micro-batch).
    """

    as_of: str = ""
    now: str = ""
    sealing: str = "all"


def resources(work: Workplace) -> dict[str, object]:
    """Return the resources of all jobs."""
    return {"work": work, "request": RunRequest.configure_at_launch()}


def run_of(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
    work: Workplace,
    request: RunRequest,
) -> Run:
    """Return the run that a step belongs to."""
    return open_run(
        work,
        context.op_execution_context.run_id,
        as_of=request.as_of,
        now=request.now,
        sealing=request.sealing,
    )


@contextmanager
def retried_when_unreachable() -> Iterator[None]:
    """Have Dagster run a step again when its ERP did not answer; for steps that only read it."""
    try:
        yield
    except TransportError as error:
        raise dg.RetryRequested(
            max_retries=_TRIES, seconds_to_wait=_SECONDS_BETWEEN_TRIES
        ) from error
