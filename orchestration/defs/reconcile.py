"""What the ERP holds, read back through the port after delivery.

Belongs here: the step that exports the ERP's documents and balances.
Does not: comparing them with the books (dbt's reconciliation marts).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.post import DELIVERED, READ_BACK_TABLES
from orchestration.defs.resources import OWNER_FINANCE, WAREHOUSE_POOL, RunRequest, run_of
from orchestration.erps import connectors
from orchestration.workplace import Workplace
from posting import exports

STATION = "read_back"
_DESCRIPTION = "What the ERP holds, by read-back."


def assets(work: Workplace) -> list[dg.AssetsDefinition]:  # noqa: ARG001  # as its siblings
    """Return the read-back."""
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
        with run.station(STATION) as station:
            exports.read_back(run.home, connectors(work.company, run.home))
            station.sentence = "documents and balances read from the ERP"
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key)

    return [read_back]
