"""Marts for readers: one asset per area, the file that holds them all, close pack and messages.

Belongs here: assets of the group `published`.
Does not: writing and swapping files (publish), which tables an area has (publishing), pages
(reports), or what others are told (posting.messages).
"""

from collections.abc import Mapping

import dagster as dg

from orchestration import beancount_export, publish, publishing, run_record, scorecard, warehouse
from orchestration.defs.reconcile import OBSERVED
from orchestration.defs.resources import (
    DAILY,
    OWNER_FINANCE,
    OWNER_PLATFORM,
    WAREHOUSE_POOL,
    RunRequest,
    run_of,
)
from orchestration.reports import close_pack
from orchestration.runs import Run
from orchestration.workplace import Workplace
from posting import messages

STATION = "publish"
PACK_STATION = "close_pack"
MESSAGES_STATION = "messages"
_CONTROLS = "controls"
_METRICS = "metrics"
GROUP = "published"
MARTS_FILE = dg.AssetKey([GROUP, "marts_duckdb"])
CLOSE_PACK = dg.AssetKey(["site", "close_pack"])
MESSAGES = dg.AssetKey([GROUP, "messages"])
BEANCOUNT = dg.AssetKey([GROUP, "journals_beancount"])


def assets(work: Workplace) -> list[dg.AssetsDefinition]:
    """Return the published areas, the marts file, the journals, the close pack and messages."""
    areas = publishing.public_areas(work.project.manifest)
    published = [_area(area, tables) for area, tables in areas.items()]
    return [*published, _beancount(), _marts_file(list(areas)), _close_pack(), _messages()]


def _area(area: str, tables: list[str]) -> dg.AssetsDefinition:
    # What readers see of an exception's age is on record first.
    written_down = [OBSERVED] if area == _CONTROLS else []

    @dg.asset(
        key=[GROUP, area],
        deps=[dg.AssetKey([area, table]) for table in tables] + written_down,
        group_name=GROUP,
        owners=[OWNER_PLATFORM],
        kinds={"parquet"},
        pool=WAREHOUSE_POOL,
        freshness_policy=DAILY,
        description=f"The marts of {area} as Parquet, put in place together.",
    )
    def published_area(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        with run.record.timed(run_record.OWN, STATION):
            counts = publishing.publish_area(run, area)
        for table, rows in counts.items():
            context.log_event(
                dg.AssetObservation(
                    dg.AssetKey([area, table]), metadata={"dagster/row_count": rows}
                )
            )
        return dg.MaterializeResult(
            metadata={
                "rows": sum(counts.values()),
                "marts": dg.MetadataValue.table(
                    records=[
                        dg.TableRecord({"mart": table, "rows": rows})
                        for table, rows in counts.items()
                    ]
                ),
                "folder": dg.MetadataValue.path(run.home.marts / area),
            }
            | (_scorecard(run) if area == _METRICS else {})
        )

    return published_area


def _scorecard(run: Run) -> dict[str, dg.MetadataValue]:
    """Return the KPIs and service levels as tables for the UI."""
    with warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection:
        found = {
            "kpis": scorecard.kpis(connection),
            "service_levels": scorecard.service_levels(connection),
        }
    return {
        name: dg.MetadataValue.table([dg.TableRecord(_plain(row)) for row in rows])
        for name, rows in found.items()
        if rows
    }


def _plain(row: Mapping[str, object]) -> dict[str, str | int | bool | None]:
    """Return a row in the types a table of the UI takes; decimals stay exact as text."""
    return {
        name: value if isinstance(value, int | bool | None) else str(value)
        for name, value in row.items()
    }


def _beancount() -> dg.AssetsDefinition:
    @dg.asset(
        key=BEANCOUNT,
        deps=[dg.AssetKey(["ledger", "documents"]), dg.AssetKey(["ledger", "journal_lines"])],
        group_name=GROUP,
        owners=[OWNER_FINANCE],
        kinds={"file"},
        pool=WAREHOUSE_POOL,
        description="All sealed journals in Beancount format: let bean-check judge them.",
    )
    def journals_beancount(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        path = run.home.marts / beancount_export.FILE_NAME
        with run.record.timed(run_record.OWN, STATION):
            run.lay_out_warehouse()
            with warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection:
                count = beancount_export.write_beancount(connection, path)
        return dg.MaterializeResult(
            metadata={"documents": count, "file": dg.MetadataValue.path(path)}
        )

    return journals_beancount


def _marts_file(areas: list[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key=MARTS_FILE,
        deps=[*(dg.AssetKey([GROUP, area]) for area in areas), BEANCOUNT],
        group_name=GROUP,
        owners=[OWNER_PLATFORM],
        kinds={"duckdb"},
        freshness_policy=DAILY,
        description="All published marts in one read-only DuckDB file behind `marts.duckdb`.",
    )
    def marts_duckdb(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        with run.station(STATION) as station:
            path = publish.publish_file(run.home.marts, run.run_id)
            station.sentence = f"{len(areas)} areas in {run.home.marts / publish.POINTER}"
        return dg.MaterializeResult(metadata={"file": dg.MetadataValue.path(path)})

    return marts_duckdb


def _close_pack() -> dg.AssetsDefinition:
    @dg.asset(
        key=CLOSE_PACK,
        deps=[MARTS_FILE],
        group_name=GROUP,
        owners=[OWNER_FINANCE],
        kinds={"html"},
        freshness_policy=DAILY,
        description="The close pack: static pages for finance and auditors in site/index.html.",
    )
    def close_pack_pages(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        with run.station(PACK_STATION) as station:
            written = close_pack.write(run.home, work.company.name)
            station.sentence = f"{written.page_count} pages in {written.index}"
        return dg.MaterializeResult(
            metadata={
                "pages": written.page_count,
                "index": dg.MetadataValue.url(written.index.as_uri()),
                "folder": dg.MetadataValue.path(run.home.site),
            }
        )

    return close_pack_pages


def _messages() -> dg.AssetsDefinition:
    # After the marts, so that whoever is told finds there what it is told of.
    @dg.asset(
        key=MESSAGES,
        deps=[dg.AssetKey(["lineage", "messages"]), MARTS_FILE],
        group_name=GROUP,
        owners=[OWNER_PLATFORM],
        kinds={"json"},
        pool=WAREHOUSE_POOL,
        freshness_policy=DAILY,
        description="What sources and notifiers are told of posted documents and changes.",
    )
    def told_messages(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        with run.station(MESSAGES_STATION) as station:
            told = messages.tell(run.home, run.home.warehouse)
            run.record.update(told=told)
            station.sentence = messages.sentence(told)
        return dg.MaterializeResult(
            metadata={
                "messages": sum(told.values()),
                "folder": dg.MetadataValue.path(run.home.messages),
            }
        )

    return told_messages
