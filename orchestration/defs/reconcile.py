"""What the ERP holds, read back through the port; what the proof found, written down.

Belongs here: the step before the proof (read-back) and the one after it (observations).
Does not: comparing the ERP with the books (dbt's reconciliation marts).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.post import DELIVERED, READ_BACK_TABLES
from orchestration.defs.resources import (
    OWNER_FINANCE,
    WAREHOUSE_POOL,
    RunRequest,
    retried_when_unreachable,
    run_of,
)
from orchestration.erps import connectors
from orchestration.workplace import Workplace
from posting import exports, observations

STATION = "read_back"
OBSERVE = "observe"
OBSERVED = dg.AssetKey(["control_store", "exception_observations"])
_DESCRIPTION = "What the ERP holds, by read-back."


def assets(work: Workplace) -> list[dg.AssetsDefinition]:  # noqa: ARG001  # as its siblings
    """Return the read-back and the observation of exceptions."""
    specs = [
        dg.AssetSpec(
            dg.AssetKey(["exports", name]),
            deps=[DELIVERED],
            group_name="exports",
            owners=[OWNER_FINANCE],
            kinds={"python", "parquet"},
            description=_DESCRIPTION,
        )
        for name in sorted(READ_BACK_TABLES)
    ]

    @dg.multi_asset(specs=specs, name=STATION, pool=WAREHOUSE_POOL)
    def read_back(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> Iterator[dg.MaterializeResult]:
        run = run_of(context, work, request)
        with run.station(STATION) as station, retried_when_unreachable():
            exports.read_back(run.home, connectors(work.company, run.home))
            station.sentence = "documents and balances read from the ERP"
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key)

    return [read_back, _observe()]


def _observe() -> dg.AssetsDefinition:
    @dg.asset(
        key=OBSERVED,
        deps=[
            dg.AssetKey(["controls", "exception_history"]),
            dg.AssetKey(["reconciliation", "tie_out_summary"]),
        ],
        group_name="exports",
        owners=[OWNER_FINANCE],
        kinds={"python"},
        pool=WAREHOUSE_POOL,
        description="Which exceptions this run saw come and go, added to the log of all runs.",
    )
    def exception_observations(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        with run.station(OBSERVE) as station:
            report = observations.observe(
                run.home, run.home.warehouse, run_id=run.run_id, as_of=run.as_of
            )
            exports.export_observations(run.home)
            station.sentence = (
                f"{report.open_count} exceptions open: {report.opened + report.reopened} came,"
                f" {report.healed} went"
                if report.is_recorded
                else "nothing written: a later run has observed already"
            )
        return dg.MaterializeResult(
            metadata={
                "open": report.open_count,
                "opened": report.opened,
                "reopened": report.reopened,
                "healed": report.healed,
            }
        )

    return exception_observations
