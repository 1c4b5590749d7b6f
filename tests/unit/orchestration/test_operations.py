"""What tells people that something is wrong with the platform, or stands against a closing.

Belongs here: operational alerts, retries, the close gate in the UI.
Does not: financial exceptions (dbt), or what jobs there are (test_definitions).
"""

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from core.home import Home
from orchestration import alerts
from orchestration.definitions import build_definitions
from orchestration.defs import closing
from orchestration.defs.resources import RunRequest, retried_when_unreachable
from orchestration.settings import Settings
from orchestration.workplace import Workplace
from posting.errors import SmallerWorldError, TransportError


def test_a_failed_run_is_an_operational_alert_with_what_it_said(tmp_path: Path) -> None:
    home = Home(tmp_path)
    repository = build_definitions(Workplace(settings=Settings(home=home))).get_repository_def()
    sensor = repository.get_sensor_def("alert_platform_of_failed_runs")

    @dg.op
    def broken() -> None:
        message = "No space is left."
        raise OSError(message)

    @dg.job
    def tie_out_nothing() -> None:
        broken()

    with dg.DagsterInstance.ephemeral() as instance:
        result = tie_out_nothing.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        sensor(context)
    (line,) = alerts.alert_file(home).read_text().splitlines()
    alert = json.loads(line)
    assert (alert["kind"], alert["subject"]) == ("run_failed", "tie_out_nothing")
    assert alert["run_id"] == result.run_id
    assert "No space is left." in alert["sentence"]
    assert alert["at"].endswith("Z")
    assert not alert["at"].startswith("1970")


def test_only_an_erp_that_does_not_answer_is_asked_again() -> None:
    with pytest.raises(dg.RetryRequested), retried_when_unreachable():
        raise TransportError("The line was cut.")
    with pytest.raises(SmallerWorldError), retried_when_unreachable():
        raise SmallerWorldError("raw/ is gone.")


def test_the_close_gate_is_a_checklist_in_the_ui(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            """
            create schema reconciliation;
            create table reconciliation.close_gate as
            select 'T-US' as legal_entity_code, period as accounting_period, code as check_code,
                passed as is_passed, severity, false as can_be_accepted, over as is_period_over,
                code || '.' as sentence, timestamp '2026-02-03 12:00' as judged_as_of,
                3::bigint as judged_ledger_head, place as position
            from (values
                ('2026-01', 'a', true, 'blocking', true, 1),
                ('2026-01', 'b', false, 'warning', true, 2),
                ('2026-01', 'c', false, 'blocking', true, 3),
                ('2026-02', 'c', false, 'blocking', false, 3)
            ) as checks (period, code, passed, severity, over, place)
            """
        )
    (check,) = closing.checks()
    work = Workplace(settings=Settings(home=home))
    try:
        result = check(
            dg.build_asset_check_context(),
            work=work,
            request=RunRequest(as_of="2026-02-03T12:00:00Z"),
        )
    finally:
        work.release_home()
    assert not result.passed
    assert result.severity is dg.AssetCheckSeverity.WARN
    rows = [record.data for record in result.metadata["checklist"].records]
    assert [(row["check"], row["verdict"]) for row in rows] == [
        ("c", "blocks"),
        ("b", "look at it"),
        ("a", "ok"),
    ]
