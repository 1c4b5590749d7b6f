"""When runs start: jobs, schedules and sensors, declared here and nowhere else.

Belongs here: cadences, what a sensor watches, what is tried again, who is told of a failure.
Does not: what a run does. Schedules and sensors start switched on where TIEOUT_AUTOMATION says so.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from core.canonical import sha256_hex
from orchestration import alerts, run_record
from orchestration.alerts import Alert
from orchestration.defs import closing, post, publish, usage_days
from orchestration.defs.post import approved_keys
from orchestration.defs.transform import BOOKS, PROOF
from orchestration.play import innermost
from orchestration.settings import Settings
from orchestration.workplace import Workplace

MAIN_JOB = "tie_out_books"
MICRO_BATCH_JOB = "tie_out_immediate_entries"
RECONCILIATION_JOB = "reconcile_books"
MONTH_END_JOB = "check_month_end"
USAGE_DAY_JOB = "prove_usage_day"
_SENSOR_SECONDS = 30
# A run whose process died is started again from its first step: every step is idempotent by key.
# A step that said why it stopped is not: the next try would say the same.
_RETRIED = {"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"}
_MOST_ATTEMPTS = 3
_RUN_KEY_TAG = "dagster/run_key"
_FAILED = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
_WAITS = "A run of this job waits already; it will see what this one would."

_Asked = dg.RunRequest | dg.SkipReason


def jobs() -> list[object]:
    """Return the jobs."""
    gate = dg.AssetSelection.checks(dg.AssetCheckKey(closing.GATE, closing.CHECK_NAME))
    # A day of usage is proven when somebody asks for one.
    everything = dg.AssetSelection.all() - dg.AssetSelection.assets(usage_days.PROVEN_DAYS)
    return [
        dg.define_asset_job(
            MAIN_JOB,
            selection=everything - gate,
            tags=_RETRIED,
            description="Land, ingest, build, check, seal, post, read back, reconcile, publish.",
        ),
        dg.define_asset_job(
            MICRO_BATCH_JOB,
            selection=everything - gate,
            tags=_RETRIED,
            config=_request(sealing="immediate"),
            description="The same, sealing only entry types whose cadence is immediate.",
        ),
        dg.define_asset_job(
            RECONCILIATION_JOB,
            selection=_reconciliation() - gate,
            tags=_RETRIED,
            description="Build, read the ERP back, compare, publish; seal and post nothing.",
        ),
        dg.define_asset_job(
            MONTH_END_JOB,
            selection=everything,
            tags=_RETRIED,
            description="A whole run, then the close gate as a checklist; a person closes.",
        ),
        dg.define_asset_job(
            USAGE_DAY_JOB,
            selection=dg.AssetSelection.assets(usage_days.PROVEN_DAYS),
            tags=_RETRIED,
            description="Count a UTC day of usage anew from its raw files and compare it.",
        ),
    ]


def _reconciliation() -> dg.AssetSelection:
    """Select what compares the books with the ERP and changes neither."""
    return (
        dg.AssetSelection.tag(BOOKS, "")
        | dg.AssetSelection.tag(PROOF, "")
        | dg.AssetSelection.assets(
            *(dg.AssetKey(["exports", name]) for name in sorted(post.READ_BACK_TABLES))
        )
        | dg.AssetSelection.groups(publish.GROUP)
    )


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Return the schedules; they stop where nobody switched automation on."""
    status = (
        dg.DefaultScheduleStatus.RUNNING
        if settings.automation
        else dg.DefaultScheduleStatus.STOPPED
    )
    immediate = _request(sealing="immediate")
    return [
        dg.ScheduleDefinition(
            name=name,
            job_name=job,
            cron_schedule=cron,
            default_status=status,
            execution_fn=_unless_one_waits(job, config),
        )
        for name, job, cron, config in (
            ("seal_immediate_entries_every_5_minutes", MICRO_BATCH_JOB, "*/5 * * * *", immediate),
            ("seal_books_daily", MAIN_JOB, "0 5 * * *", {}),
            ("reconcile_books_daily", RECONCILIATION_JOB, "0 17 * * *", {}),
            ("check_month_end_daily_until_the_10th", MONTH_END_JOB, "0 6 1-10 * *", {}),
        )
    ]


def _unless_one_waits(job: str, config: dict[str, object]) -> Callable[..., _Asked]:
    """Return what a schedule does: ask for a run, so that one at most waits behind the one at work.

    A run takes in all that is there when it begins, so a second one that waits adds nothing.
    """

    def ask(context: dg.ScheduleEvaluationContext) -> _Asked:
        if _waits(context.instance, job):
            return dg.SkipReason(_WAITS)
        return dg.RunRequest(run_config=config)

    return ask


def sensors(work: Workplace) -> list[dg.SensorDefinition]:
    """Return the sensors: new files, documents that a person approved, and failed runs."""
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
        description="Starts a micro-batch when the listing of the landing folder has changed, "
        f"and again, {_MOST_ATTEMPTS} times in all, when that run failed.",
    )
    def ingest_landed_files(
        context: dg.SensorEvaluationContext,
    ) -> Iterator[_Asked]:
        if _waits(context.instance, MICRO_BATCH_JOB):
            yield dg.SkipReason(_WAITS)
            return
        listing = sha256_hex("\n".join(_listing(work)))
        asked_listing, _, asked_attempt = (context.cursor or "").partition("-")
        attempt = 1
        if asked_listing == listing:
            attempt = int(asked_attempt or 1) + 1
            if attempt > _MOST_ATTEMPTS or not _has_failed(context.instance, context.cursor):
                yield dg.SkipReason("Nothing new has landed.")
                return
        run_key = f"{listing}-{attempt}"
        context.update_cursor(run_key)
        yield dg.RunRequest(run_key=run_key, run_config=_request(sealing="immediate"))

    @dg.sensor(
        name="deliver_approved_documents",
        job_name=MICRO_BATCH_JOB,
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=status,
        description="Delivers documents as soon as a person has approved them.",
    )
    def deliver_approved(context: dg.SensorEvaluationContext) -> Iterator[_Asked]:
        if _waits(context.instance, MICRO_BATCH_JOB):
            yield dg.SkipReason(_WAITS)
            return
        keys = approved_keys(work.home)
        if not keys:
            yield dg.SkipReason("No approved document waits.")
            return
        yield dg.RunRequest(
            run_key=sha256_hex("\n".join(keys)), run_config=_request(sealing="immediate")
        )

    @dg.run_failure_sensor(
        name="alert_platform_of_failed_runs",
        minimum_interval_seconds=_SENSOR_SECONDS,
        default_status=status,
        description="Writes an operational alert for each run that failed; finance sees none.",
    )
    def alert_platform(context: dg.RunFailureSensorContext) -> None:
        alerts.raise_alert(work.home, _alert_of(work, context))

    return [ingest_landed_files, deliver_approved, alert_platform]


def _alert_of(work: Workplace, context: dg.RunFailureSensorContext) -> Alert:
    """Say what a failed run said: its own sentence, else what its failed steps raised."""
    run = context.dagster_run
    ended = context.instance.get_run_record_by_id(run.run_id)
    seconds = ended.end_time or ended.update_timestamp.timestamp() if ended else 0
    steps = [
        f"{event.step_key}: {innermost(event.step_failure_data.error)}"
        for event in context.get_step_failure_events()
        if event.step_failure_data.error
    ]
    said = run_record.record_of(work.home, run.run_id).get("failure")
    return Alert(
        at=datetime.fromtimestamp(seconds, UTC),
        kind="run_failed",
        subject=run.job_name,
        run_id=run.run_id,
        sentence=said or "\n".join(steps) or context.failure_event.message or "The run failed.",
    )


def _request(*, sealing: str) -> dict[str, object]:
    return {"resources": {"request": {"config": {"sealing": sealing}}}}


def _waits(instance: dg.DagsterInstance, job: str) -> bool:
    """Return whether a run of the job stands in the queue."""
    queued = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.QUEUED])
    return bool(instance.get_runs(queued, limit=1))


def _has_failed(instance: dg.DagsterInstance, run_key: str) -> bool:
    """Return whether the run that a sensor asked for under this key ended without success."""
    runs = instance.get_runs(dg.RunsFilter(tags={_RUN_KEY_TAG: run_key}), limit=1)
    return any(run.status in _FAILED for run in runs)


def _listing(work: Workplace) -> Sequence[str]:
    """Name every landed file with its size and time: enough to see that something came."""
    folder = work.settings.company_folder() / "landing"
    return sorted(
        f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in folder.rglob("*")
        if path.is_file()
    )
