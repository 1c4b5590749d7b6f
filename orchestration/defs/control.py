"""Great Expectations as asset checks: what stands between the books and sealing.

Belongs here: one check per expectation, blocking.
Does not: the expectations themselves (expectations.borders), or dbt's tests (transform).
"""

from collections.abc import Iterator

import dagster as dg

from ingestion.contracts.registry import REGISTRY
from orchestration import run_record, warehouse
from orchestration.defs.resources import WAREHOUSE_POOL, RunRequest, run_of
from orchestration.expectations import borders
from orchestration.reports import data_docs
from orchestration.workplace import Workplace

STATION = "expectations"


def checks() -> list[dg.AssetChecksDefinition]:
    """Return the suite."""
    specs = [
        dg.AssetCheckSpec(
            name=item.name,
            asset=dg.AssetKey(item.asset),
            additional_deps=[dg.AssetKey(["journals", "proposed_lines"])]
            if item.asset[0] == "raw"
            else None,
            # What is downstream of raw/ has been built when this runs, so such a check cannot
            # block by itself: the step fails instead.
            blocking=item.asset[0] != "raw",
            description=item.name.replace("_", " ").capitalize() + ".",
        )
        for item in borders.EXPECTATIONS
    ]

    @dg.multi_asset_check(specs=specs, can_subset=True, name=STATION, pool=WAREHOUSE_POOL)
    def expectations(
        context: dg.AssetCheckExecutionContext,
        work: dg.ResourceParam[Workplace],
        request: RunRequest,
    ) -> Iterator[dg.AssetCheckResult]:
        run = run_of(context, work, request)
        names = {key.name for key in context.selected_asset_check_keys}
        with run.station(STATION) as station:
            station.is_timed_elsewhere = True
            with (
                run.record.timed(run_record.EXPECTATIONS, STATION),
                warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection,
            ):
                verdicts = borders.validate(
                    connection, names, sorted({name for name, _ in REGISTRY})
                )
            run.record.update(**{data_docs.FACT: data_docs.facts(verdicts)})
            met = sum(verdict.is_met for verdict in verdicts)
            station.sentence = f"{met} of {len(verdicts)} expectations met"
        for verdict in verdicts:
            yield dg.AssetCheckResult(
                asset_key=dg.AssetKey(verdict.expectation.asset),
                check_name=verdict.expectation.name,
                passed=verdict.is_met,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"observed": dg.MetadataValue.json(dict(verdict.observed))},
            )
        unmet = [verdict.expectation.name for verdict in verdicts if not verdict.is_met]
        if unmet:
            run.record.update(failure=f"Not as expected, so nothing is sealed: {', '.join(unmet)}")
            raise dg.Failure(f"Not as expected: {', '.join(unmet)}", allow_retries=False)

    return [expectations]
