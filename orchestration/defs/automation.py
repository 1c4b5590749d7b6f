"""When runs start: jobs, schedules and sensors, declared here and nowhere else.

Belongs here: cadences, and what a sensor watches.
Does not: what a run does. Schedules and sensors start switched on where TIEOUT_AUTOMATION says so.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from core.canonical import sha256_hex
from orchestration.defs.post import approved_keys
from orchestration.settings import Settings
from orchestration.workplace import Workplace

MAIN_JOB = "tie_out_books"
MICRO_BATCH_JOB = "tie_out_immediate_entries"
_SENSOR_SECONDS = 30


def jobs() -> list[object]:
    """Return the jobs."""
    everything = dg.AssetSelection.all()
    return [
        dg.define_asset_job(
            MAIN_JOB,
            selection=everything,
            description="Land, ingest, build, check, seal, post, read back, reconcile, publish.",
        ),
        dg.define_asset_job(
            MICRO_BATCH_JOB,
            selection=everything,
            config=_request(sealing="immediate"),
            description="The same, sealing only entry types whose cadence is immediate.",
        ),
    ]


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Return the schedules; they stop where nobody switched automation on."""
    status = (
        dg.DefaultScheduleStatus.RUNNING
        if settings.automation
        else dg.DefaultScheduleStatus.STOPPED
    )
    return [
        dg.ScheduleDefinition(
            name="seal_immediate_entries_every_5_minutes",
            job_name=MICRO_BATCH_JOB,
            cron_schedule="*/5 * * * *",
            default_status=status,
            run_config=_request(sealing="immediate"),
        ),
        dg.ScheduleDefinition(
            name="seal_books_daily",
            job_name=MAIN_JOB,
            cron_schedule="0 5 * * *",
            default_status=status,
        ),
    ]


def sensors(work: Workplace) -> list[dg.SensorDefinition]:
    """Return the sensors: new files, and documents that a person approved."""
    status = (
        dg.DefaultSensorStatus.RUNNING
        if work.settings.automation
        else dg.DefaultSensorStatus.STOPPED
    )

    @dg.sensor(
        name="ingest_landed_files",
        job_name=MICRO_BATCH_JOB,
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=status,
        description="Starts a micro-batch when the listing of the landing folder has changed.",
    )
    def ingest_landed_files(
        context: dg.SensorEvaluationContext,
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        listing = sha256_hex("\n".join(_listing(work)))
        if listing == context.cursor:
            yield dg.SkipReason("Nothing new has landed.")
            return
        context.update_cursor(listing)
        yield dg.RunRequest(run_key=listing, run_config=_request(sealing="immediate"))

    @dg.sensor(
        name="deliver_approved_documents",
        job_name=MICRO_BATCH_JOB,
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=status,
        description="Delivers documents as soon as a person has approved them.",
    )
    def deliver_approved(
        context: dg.SensorEvaluationContext,  # noqa: ARG001  # Dagster hands it in
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        keys = approved_keys(work.home)
        if not keys:
            yield dg.SkipReason("No approved document waits.")
            return
        yield dg.RunRequest(
            run_key=sha256_hex("\n".join(keys)), run_config=_request(sealing="immediate")
        )

    return [ingest_landed_files, deliver_approved]


def _request(*, sealing: str) -> dict[str, object]:
    return {"resources": {"request": {"config": {"sealing": sealing}}}}


def _listing(work: Workplace) -> Sequence[str]:
    """Name every landed file with its size and time: enough to see that something came."""
    folder = work.settings.company_folder() / "landing"
    return sorted(
        f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in folder.rglob("*")
        if path.is_file()
    )
