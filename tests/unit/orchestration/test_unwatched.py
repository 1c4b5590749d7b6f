"""Runs nobody watches: nothing is stored, and nothing that a run decides is lost with it."""

from collections.abc import Iterator

import dagster as dg
import pytest

from orchestration.unwatched import unwatched_instance


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with unwatched_instance() as instance:
        yield instance


@dg.asset(check_specs=[dg.AssetCheckSpec("is_even", asset="number", blocking=True)])
def number(context: dg.AssetExecutionContext) -> Iterator[dg.Output[int] | dg.AssetCheckResult]:
    value = int(context.run.tags["value"])
    yield dg.Output(value)
    yield dg.AssetCheckResult(passed=value % 2 == 0, metadata={"value": value})


@dg.asset(deps=[number])
def behind() -> None: ...


def _run(instance: dg.DagsterInstance, value: int) -> dg.ExecuteInProcessResult:
    job = dg.Definitions(
        assets=[number, behind],
        jobs=[dg.define_asset_job("everything")],
    ).resolve_job_def("everything")
    return job.execute_in_process(
        instance=instance, tags={"value": str(value)}, raise_on_error=False
    )


def test_the_result_has_every_event_though_none_is_stored(instance):
    result = _run(instance, 2)

    assert result.success
    assert [event.asset_key.path for event in result.get_asset_materialization_events()] == [
        ["number"],
        ["behind"],
    ]
    (check,) = result.get_asset_check_evaluations()
    assert check.passed
    assert check.metadata["value"].value == 2
    assert list(instance.all_logs(result.run_id)) == []


def test_a_failed_blocking_check_still_stops_what_is_behind_it(instance):
    result = _run(instance, 3)

    assert not result.success
    assert [event.asset_key.path for event in result.get_asset_materialization_events()] == [
        ["number"]
    ]


def test_the_state_of_the_run_is_known(instance):
    result = _run(instance, 3)

    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.status is dg.DagsterRunStatus.FAILURE
