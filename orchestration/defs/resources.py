"""Resources: what the assets of a run are handed.

Belongs here: the request of a run, as Dagster configuration; names of resources and pools.
Does not: the workplace itself, which knows nothing of Dagster.
"""

import dagster as dg

from orchestration.runs import Run, open_run
from orchestration.workplace import Workplace

WAREHOUSE_POOL = "warehouse"
OWNER_PLATFORM = "team:data-platform"
OWNER_FINANCE = "team:revenue-accounting"


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
