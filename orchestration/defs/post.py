"""What goes out: the ERP's master data, previewed changes, sealed batches, delivered documents.

Belongs here: the four steps around the books, idempotent by key, and what each one produces.
Does not: sealing or delivering (posting), or reading back (reconcile).
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import dagster as dg

from core.home import Home
from orchestration import preview, sealing
from orchestration.defs.resources import (
    OWNER_FINANCE,
    OWNER_PLATFORM,
    WAREHOUSE_POOL,
    RunRequest,
    retried_when_unreachable,
    run_of,
)
from orchestration.defs.transform import BOOKS, tables_read_by
from orchestration.erps import administer, connectors
from orchestration.workplace import Workplace
from posting import delivery, export_schema, exports, ledger_schema, observations, outbox
from posting.states import State

MASTER = "erp_master"
PREVIEW = "preview"
SEAL = "seal"
DELIVER = "deliver"
READ_BACK_TABLES = frozenset({"erp_documents", "erp_balances"})
CHANGES = dg.AssetKey(["exports", "changes"])
DELIVERED = dg.AssetKey(["exports", "outbox_documents"])
_WORLD = ("run", "parameters")
_SEALED_LINES = "sealed_lines"
_OBSERVED_BEFORE = {("exports", table.name) for table in observations.TABLES}


def assets(work: Workplace) -> list[dg.AssetsDefinition]:
    """Return the steps.

    A table that the books read is produced before them, any other one after: what was sealed and
    allowed before is an input, what is sealed and delivered now is a result.
    """
    before = tables_read_by(work.project.manifest, BOOKS)
    ledger_tables = {("ledger", name) for name in [*ledger_schema.VIEWS, _SEALED_LINES]}
    export_tables = {("exports", name) for name in export_schema.TABLES}
    own_steps = {tuple(CHANGES.path), tuple(DELIVERED.path)} | {
        ("exports", name) for name in READ_BACK_TABLES
    }
    master = (((ledger_tables | export_tables) & before) | _OBSERVED_BEFORE) - own_steps
    sealed = ledger_tables - before
    delivered = (export_tables - before) - own_steps - _OBSERVED_BEFORE
    return [
        _master(sorted({*master, _WORLD})),
        _preview(sorted(master)),
        _seal(sorted(sealed)),
        _deliver(sorted(delivered), sorted(sealed)),
    ]


def approved_keys(home: Home) -> list[str]:
    """Return the documents that a person approved and that are not on their way yet."""
    if not home.control_db.exists():
        return []
    prepared = outbox.documents(home, [State.PREPARED])
    return sorted(each.document_key for each in prepared if each.approved_by)


def _master(tables: Sequence[tuple[str, str]]) -> dg.AssetsDefinition:
    specs = [
        _spec(table, "What was sealed, what the ERP allows and what was seen, before the books.")
        for table in tables
    ]

    @dg.multi_asset(
        specs=[spec.replace_attributes(deps=[_raw("manifest")]) for spec in specs],
        name=MASTER,
        pool=WAREHOUSE_POOL,
    )
    def erp_master(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> Iterator[dg.MaterializeResult]:
        run = run_of(context, work, request)
        with run.station(MASTER) as station, retried_when_unreachable():
            refusals = administer(work.company, run.home, run.as_of)
            exports.export_master(run.home, connectors(work.company, run.home))
            station.sentence = " ".join([f"{len(work.company.erps)} ERP read", *refusals])
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key)

    return erp_master


def _preview(upstream: Sequence[tuple[str, str]]) -> dg.AssetsDefinition:
    @dg.asset(
        key=CHANGES,
        deps=[dg.AssetKey(table) for table in upstream],
        group_name="exports",
        owners=[OWNER_FINANCE],
        kinds={"python", "duckdb"},
        pool=WAREHOUSE_POOL,
        description="What new code, reference data or policies would change in sealed periods.",
    )
    def changes(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> dg.MaterializeResult:
        run = run_of(context, work, request)
        with run.station(PREVIEW) as station:
            found = preview.preview_changes(run)
            exports.export_control(run.home)
            station.sentence = (
                "same code, reference data and policies as previewed"
                if found is None
                else f"{len(found)} subjects wait for approval: see `tieout approvals`"
                if found
                else "new code, reference data or policies change nothing that is booked"
            )
        return dg.MaterializeResult(metadata={"changes": len(found or [])})

    return changes


def _seal(tables: Sequence[tuple[str, str]]) -> dg.AssetsDefinition:
    specs = [_spec(table, "What was sealed for the ERP, append-only.") for table in tables]
    deps = [
        dg.AssetKey(["journals", "proposed_lines"]),
        dg.AssetKey(["journals", "subledger_differences"]),
    ]

    @dg.multi_asset(
        specs=[spec.replace_attributes(deps=deps) for spec in specs],
        name=SEAL,
        pool=WAREHOUSE_POOL,
    )
    def seal(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> Iterator[dg.MaterializeResult]:
        run = run_of(context, work, request)
        with run.station(SEAL) as station:
            result = sealing.seal(run)
            run.record.update(sealed=asdict(result))
            station.sentence = (
                f"batch {result.batch_number}: {result.document_count} documents of"
                f" {result.delta_count} subledger lines, {result.needs_approval_count} wait for"
                f" approval; {result.held_count} lines held"
                if result.batch_number
                else "nothing new to seal"
            )
        for spec in specs:
            yield dg.MaterializeResult(
                asset_key=spec.key, metadata={"documents": result.document_count}
            )

    return seal


def _deliver(
    tables: Sequence[tuple[str, str]], sealed: Sequence[tuple[str, str]]
) -> dg.AssetsDefinition:
    specs = [_spec(table, "Where each document stands.") for table in tables]
    specs.append(_spec(tuple(DELIVERED.path), "Where each sealed document stands."))

    @dg.multi_asset(
        specs=[
            spec.replace_attributes(deps=[dg.AssetKey(table) for table in sealed]) for spec in specs
        ],
        name=DELIVER,
        pool=WAREHOUSE_POOL,
    )
    def deliver(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> Iterator[dg.MaterializeResult]:
        run = run_of(context, work, request)
        with run.station(DELIVER) as station:
            report = delivery.deliver(
                run.home,
                connectors(work.company, run.home),
                work.clock(),
                counted_at=run.now,
                run_id=run.run_id,
            )
            exports.export_control(run.home)
            run.record.update(delivered=asdict(report))
            states = ", ".join(f"{count} {state}" for state, count in sorted(report.states.items()))
            station.sentence = " ".join(
                [f"{report.posted} posted now; in all {states or 'none'}.", *report.notes]
            )
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"posted": report.posted})

    return deliver


def _spec(table: tuple[str, str], description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        dg.AssetKey(table),
        group_name=table[0],
        owners=[OWNER_PLATFORM if table[0] == "run" else OWNER_FINANCE],
        kinds={"python", "parquet"},
        description=description,
    )


def _raw(table: str) -> dg.AssetDep:
    return dg.AssetDep(dg.AssetKey(["raw", table]))
