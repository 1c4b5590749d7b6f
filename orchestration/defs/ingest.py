"""What came in: landed files and reference data become raw/.

Belongs here: one step that produces every table of the schema `raw`.
Does not: reading or judging files (ingestion).
"""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from core.spans import format_instant
from ingestion import landing
from ingestion.landing import IngestResult
from orchestration.defs.resources import DAILY, OWNER_PLATFORM, WAREHOUSE_POOL, RunRequest, run_of
from orchestration.defs.transform import BOOKS, PROOF, tables_read_by
from orchestration.play import play_earlier_arrivals
from orchestration.workplace import Workplace

STATION = "ingest"
SCHEMA = "raw"
_COUNTS = ("landed", "accepted", "duplicate", "quarantined")
_ALWAYS = frozenset({"events", "usage", "manifest", "quarantine"})


def assets(work: Workplace) -> list[dg.AssetsDefinition]:
    """Return the raw tables that models read."""
    manifest = work.project.manifest
    read = tables_read_by(manifest, BOOKS) | tables_read_by(manifest, PROOF)
    tables = sorted({name for schema, name in read if schema == SCHEMA} | _ALWAYS)
    specs = [
        dg.AssetSpec(
            dg.AssetKey([SCHEMA, name]),
            group_name=SCHEMA,
            owners=[OWNER_PLATFORM],
            kinds={"python", "parquet"},
            description=_description(name),
            freshness_policy=DAILY if name in _ALWAYS else None,
        )
        for name in tables
    ]

    @dg.multi_asset(specs=specs, name=STATION, pool=WAREHOUSE_POOL)
    def ingest(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> Iterator[dg.MaterializeResult]:
        run = run_of(context, work, request)
        if work.company.is_demo and not request.as_of:
            play_earlier_arrivals(work, run.as_of)
        with run.station(STATION) as station:
            result = landing.ingest(work.company, run.home, run.now)
            landed = {name: getattr(result, name) for name in _COUNTS}
            run.record.update(landed=landed, reference_tables=result.reference_tables)
            station.sentence = sentence_of(result, run.as_of, known_at=run.now)
        for spec in specs:
            yield dg.MaterializeResult(
                asset_key=spec.key, metadata={"manifest_number": result.manifest_number, **landed}
            )

    return [ingest]


def sentence_of(result: IngestResult, as_of: datetime, *, known_at: datetime) -> str:
    """Say what landed, and when it came too late for the books of this instant."""
    said = (
        f"{result.landed:,} landed = {result.accepted:,} accepted"
        f" + {result.duplicate:,} duplicate + {result.quarantined:,} quarantined"
    )
    if result.landed and known_at > as_of:
        said += (
            f"; known from {format_instant(known_at)} on, which books of {format_instant(as_of)}"
            " do not see"
        )
    return said


def _description(name: str) -> str:
    if name.startswith("reference_"):
        return f"Latest snapshot of reference data: {name.removeprefix('reference_')}."
    return {
        "events": "Canonical business events, each identity once.",
        "usage": "Usage events, each identity once, by UTC day.",
        "usage_corrections": "Usage events that supersede or cancel an earlier one.",
        "corrected_usage": "Usage events that count no more, and what corrects each.",
        "manifest": "Every landed file and what became of its rows.",
        "quarantine": "What was not accepted, with reason code and sentence.",
    }.get(name, f"Raw table {name}.")
