"""The code location: everything Dagster knows about Tieout, merged.

Belongs here: `build_definitions`, and nothing else.
Does not: assets, jobs or settings of their own.
"""

import dagster as dg

from orchestration.defs import (
    automation,
    closing,
    control,
    ingest,
    post,
    publish,
    reconcile,
    resources,
    transform,
    usage_days,
)
from orchestration.workplace import Workplace


def build_definitions(work: Workplace) -> dg.Definitions:
    """Return fresh definitions for one workplace: tests, command line and UI each have theirs."""
    modules = (ingest, transform, post, reconcile, publish, usage_days)
    return dg.Definitions(
        assets=[asset for module in modules for asset in module.assets(work)],
        asset_checks=[*control.checks(), *closing.checks()],
        jobs=automation.jobs(),
        schedules=automation.schedules(work.settings),
        sensors=automation.sensors(work),
        resources=resources.resources(work),
        executor=dg.in_process_executor,
    )


def definitions() -> dg.Definitions:
    """Return the definitions of the workplace that the environment describes (workspace.yaml)."""
    return build_definitions(Workplace())
