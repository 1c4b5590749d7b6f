"""Days of usage in the UI: choose one or many, and have them proven.

Belongs here: the asset partitioned by UTC usage day, its check and its figures.
Does not: what proves a day (usage_day), or rebuilding (transform; every run does).
"""

from datetime import date

import dagster as dg

from orchestration import usage_day, warehouse
from orchestration.defs.resources import OWNER_FINANCE, WAREHOUSE_POOL, RunRequest, run_of
from orchestration.usage_day import UsageDay
from orchestration.workplace import Workplace

STATION = "usage_day"
PROVEN_DAYS = dg.AssetKey(["usage", "proven_days"])
CHECK_NAME = "usage_day_is_whole"
USAGE_DAYS = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_offset=1, timezone="UTC")


def assets(work: Workplace) -> list[dg.AssetsDefinition]:  # noqa: ARG001  # as its siblings
    """Return the asset."""

    @dg.asset(
        key=PROVEN_DAYS,
        deps=[
            dg.AssetKey(["raw", "usage"]),
            dg.AssetKey(["usage", "daily_usage"]),
            dg.AssetKey(["reconciliation", "event_dispositions"]),
        ],
        partitions_def=USAGE_DAYS,
        check_specs=[
            dg.AssetCheckSpec(
                CHECK_NAME,
                asset=PROVEN_DAYS,
                description="Every event in the day's raw files reached the models and has an end.",
            )
        ],
        group_name="usage",
        owners=[OWNER_FINANCE],
        kinds={"python", "duckdb"},
        pool=WAREHOUSE_POOL,
        description=(
            "A UTC day of usage, counted anew from its registered raw files and compared with the"
            " marts. To bring a day up to date, run the job tie_out_books: it builds every day."
        ),
    )
    def proven_days(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        day = date.fromisoformat(context.partition_key)
        run = run_of(context, work, request)
        with run.station(STATION) as station:
            with warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection:
                found = usage_day.prove(connection, run.home, day)
            station.sentence = (
                f"{day}: {found.event_count:,} events, {len(found.problems)} problems"
            )
        return dg.MaterializeResult(
            metadata=_figures(found),
            check_results=[
                dg.AssetCheckResult(
                    check_name=CHECK_NAME,
                    passed=not found.problems,
                    severity=dg.AssetCheckSeverity.ERROR,
                    metadata={"problems": dg.MetadataValue.json(list(found.problems))},
                )
            ],
        )

    return [proven_days]


def _figures(found: UsageDay) -> dict[str, object]:
    return {
        "files": found.file_count,
        "events_in_files": found.event_count,
        "quantity_in_files": found.quantity,
        "events_in_models": found.matched_count,
        "quantity_in_models": found.matched_quantity,
        "outcomes": dg.MetadataValue.table(
            records=[
                dg.TableRecord({"disposition": disposition, "reason": reason, "events": count})
                for disposition, reason, count in found.outcomes
            ],
            schema=dg.TableSchema(
                columns=[
                    dg.TableColumn("disposition", "string", description="Where the events ended."),
                    dg.TableColumn("reason", "string", description="Why, as a code."),
                    dg.TableColumn("events", "int", description="How many."),
                ]
            ),
        ),
    }
