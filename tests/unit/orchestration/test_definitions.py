"""The code location: what Dagster is told, as snapshots. No warehouse is needed to load it."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from syrupy.assertion import SnapshotAssertion

from core.home import Home
from orchestration.definitions import build_definitions
from orchestration.settings import Settings
from orchestration.workplace import Workplace
from tests.warehouse import PROJECT

_REPOSITORY = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("tieout"), "__repository__")
# Every model is a line of its own already in dbt_project; the snapshot holds what orchestration
# adds to it.
_OUR_SCHEMAS = frozenset({"raw", "ledger", "exports", "run", "published", "site"})


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    home = tmp_path_factory.mktemp("home")
    return build_definitions(Workplace(settings=Settings(home=Home(home))))


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> object:
    return definitions.resolve_asset_graph()


def test_definitions_load_without_a_warehouse_or_a_company(
    definitions: dg.Definitions, tmp_path: Path
) -> None:
    dg.Definitions.validate_loadable(definitions)
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_every_asset_has_group_owner_kinds_and_description(graph: object) -> None:
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert len(key.path) == 2, key
        assert node.group_name != "default", key
        assert node.owners, key
        assert node.kinds, key
        assert node.description, key


def test_nothing_is_read_that_nobody_produces(graph: object) -> None:
    assert graph.external_asset_keys == set()


def test_sealing_waits_for_the_books_and_their_checks(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("tie_out_books")
    plan = [node.name for node in job.graph.nodes_in_topological_order]
    order = ["ingest", "erp_master", "exports__changes", "books", "expectations", "seal"]
    order += ["deliver", "read_back", "proof", "published__marts_duckdb"]
    assert [name for name in plan if name in order] == order


def test_telling_comes_after_posting_and_nothing_waits_for_it(
    definitions: dg.Definitions, graph: object
) -> None:
    told = graph.get(dg.AssetKey(["published", "messages"]))
    assert dg.AssetKey(["lineage", "messages"]) in told.parent_keys
    assert told.child_keys == set()
    for job in ("tie_out_books", "tie_out_immediate_entries", "check_month_end"):
        nodes = definitions.resolve_job_def(job).graph.nodes_in_topological_order
        plan = [node.name for node in nodes]
        assert plan.index("deliver") < plan.index("published__messages")


def test_assets_of_orchestration(graph: object, snapshot: SnapshotAssertion) -> None:
    assets = {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "owners": sorted(graph.get(key).owners),
            "kinds": sorted(graph.get(key).kinds),
        }
        for key in sorted(graph.materializable_asset_keys)
        if key.path[0] in _OUR_SCHEMAS
    }
    assert assets == snapshot


def test_areas_of_the_models(graph: object, snapshot: SnapshotAssertion) -> None:
    groups = {graph.get(key).group_name for key in graph.materializable_asset_keys}
    assert sorted(groups) == snapshot


def test_jobs(definitions: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    jobs = {
        name: [
            node.name for node in definitions.resolve_job_def(name).graph.nodes_in_topological_order
        ]
        for name in (
            "tie_out_books",
            "tie_out_immediate_entries",
            "reconcile_books",
            "check_month_end",
            "prove_usage_day",
        )
    }
    assert jobs == snapshot


def test_reconciling_writes_to_neither_ledger_nor_erp(definitions: dg.Definitions) -> None:
    steps = set(definitions.resolve_job_def("reconcile_books").graph.node_dict)
    assert steps.isdisjoint({"ingest", "seal", "deliver", "exports__changes"})
    assert steps >= {"books", "read_back", "proof", "published__marts_duckdb"}


def test_every_fact_asserted_of_several_models_is_a_check_of_one(graph: object) -> None:
    checks = {key.name for key in graph.asset_check_keys}
    facts = {path.stem for path in (PROJECT / "tests" / "singular").glob("*.sql")}
    assert facts <= checks


def test_only_the_month_end_job_asks_the_close_gate(definitions: dg.Definitions) -> None:
    check = "reconciliation__close_gate_close_gate_lets_months_close"
    asking = {
        name
        for name in ("tie_out_books", "tie_out_immediate_entries", "check_month_end")
        if check in definitions.resolve_job_def(name).graph.node_dict
    }
    assert asking == {"check_month_end"}


def test_days_of_usage_are_chosen_in_the_ui_and_run_with_no_other_job(
    definitions: dg.Definitions, graph: object
) -> None:
    key = dg.AssetKey(["usage", "proven_days"])
    assert graph.get(key).partitions_def.has_partition_key("2026-03-12")
    assert definitions.resolve_job_def("prove_usage_day").partitions_def is not None
    assert "usage__proven_days" not in definitions.resolve_job_def("tie_out_books").graph.node_dict


def test_what_came_in_and_what_finance_reads_has_a_freshness_policy(graph: object) -> None:
    watched = {
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if graph.get(key).freshness_policy is not None
    }
    published = {
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if key.path[0] == "published" and key.path[1] != "journals_beancount"
    }
    pages = {"site/close_pack"}
    assert watched == published | pages | {
        "raw/events",
        "raw/usage",
        "raw/manifest",
        "raw/quarantine",
    }


def test_columns_of_a_mart_are_described_in_the_ui(graph: object) -> None:
    schema = graph.get(dg.AssetKey(["reconciliation", "close_gate"])).metadata[
        "dagster/column_schema"
    ]
    assert all(column.description for column in schema.columns)


def test_schedules_and_sensors(definitions: dg.Definitions, snapshot: SnapshotAssertion) -> None:
    repository = definitions.get_repository_def()
    automation = {
        schedule.name: {
            "job": schedule.job_name,
            "cron": schedule.cron_schedule,
            "status": schedule.default_status.value,
        }
        for schedule in repository.schedule_defs
    } | {
        sensor.name: {
            "job": sensor.job_name if sensor.targets else None,
            "status": sensor.default_status.value,
        }
        for sensor in repository.sensor_defs
    }
    assert automation == snapshot


def test_automation_is_switched_on_by_the_settings(tmp_path: Path) -> None:
    settings = Settings(home=Home(tmp_path), automation=True)
    repository = build_definitions(Workplace(settings=settings)).get_repository_def()
    statuses = {each.default_status.value for each in repository.schedule_defs}
    statuses |= {each.default_status.value for each in repository.sensor_defs}
    assert statuses == {"RUNNING"}


def test_the_landing_sensor_asks_once_per_listing(tmp_path: Path) -> None:
    company = tmp_path / "acme"
    landed = company / "landing" / "crm" / "a.jsonl"
    landed.parent.mkdir(parents=True)
    landed.write_text("{}")
    work = Workplace(settings=Settings(home=Home(tmp_path / "h"), company=company))
    repository = build_definitions(work).get_repository_def()
    sensor = repository.get_sensor_def("ingest_landed_files")
    with dg.DagsterInstance.ephemeral() as instance:
        first = dg.build_sensor_context(instance=instance, repository_def=repository)
        asked = sensor.evaluate_tick(first)
        assert len(asked.run_requests) == 1
        again = dg.build_sensor_context(
            instance=instance, repository_def=repository, cursor=asked.cursor
        )
        assert not sensor.evaluate_tick(again).run_requests
        landed.write_text("{}\n{}")
        assert len(sensor.evaluate_tick(again).run_requests) == 1


@pytest.mark.parametrize(
    ("status", "requests"),
    [
        (dg.DagsterRunStatus.SUCCESS, 1),
        (dg.DagsterRunStatus.STARTED, 1),
        (dg.DagsterRunStatus.FAILURE, 3),
    ],
)
def test_the_landing_sensor_asks_again_for_a_failed_run_but_not_for_ever(
    tmp_path: Path, status: dg.DagsterRunStatus, requests: int
) -> None:
    company = tmp_path / "acme"
    (company / "landing").mkdir(parents=True)
    (company / "landing" / "a.jsonl").write_text("{}")
    work = Workplace(settings=Settings(home=Home(tmp_path / "h"), company=company))
    repository = build_definitions(work).get_repository_def()
    sensor = repository.get_sensor_def("ingest_landed_files")
    keys, cursor = [], None
    with dg.DagsterInstance.ephemeral() as instance:
        for tick in range(6):
            context = dg.build_sensor_context(
                instance=instance, repository_def=repository, cursor=cursor
            )
            asked = sensor.evaluate_tick(context)
            cursor = asked.cursor or cursor
            for request in asked.run_requests or ():
                keys.append(request.run_key)
                instance.add_run(
                    dg.DagsterRun(
                        job_name="tie_out_immediate_entries",
                        run_id=f"00000000-0000-0000-0000-00000000000{tick}",
                        status=status,
                        tags={"dagster/run_key": request.run_key},
                    )
                )
    assert len(keys) == len(set(keys)) == requests


@pytest.mark.parametrize(
    ("status", "requests"), [(dg.DagsterRunStatus.QUEUED, 0), (dg.DagsterRunStatus.STARTED, 1)]
)
def test_one_run_of_a_job_waits_at_most(
    tmp_path: Path, status: dg.DagsterRunStatus, requests: int
) -> None:
    """Runs that take longer than the cadence must not pile up; one that is at work may be late."""
    company = tmp_path / "acme"
    (company / "landing").mkdir(parents=True)
    (company / "landing" / "a.jsonl").write_text("{}")
    work = Workplace(settings=Settings(home=Home(tmp_path / "h"), company=company))
    repository = build_definitions(work).get_repository_def()
    schedule = repository.get_schedule_def("seal_immediate_entries_every_5_minutes")
    daily = repository.get_schedule_def("seal_books_daily")
    sensor = repository.get_sensor_def("ingest_landed_files")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_run(
            dg.DagsterRun(
                job_name=schedule.job_name,
                status=status,
                remote_job_origin=RemoteJobOrigin(_REPOSITORY, schedule.job_name),
            )
        )
        asked = schedule.evaluate_tick(dg.build_schedule_context(instance))
        assert len(asked.run_requests or ()) == requests
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        listed = sensor.evaluate_tick(context)
        assert len(listed.run_requests or ()) == requests
        assert bool(listed.cursor) == bool(requests)  # what landed is asked for later
        other = daily.evaluate_tick(dg.build_schedule_context(instance))
        assert len(other.run_requests or ()) == 1


def test_the_approval_sensor_rests_before_there_is_a_control_store(tmp_path: Path) -> None:
    work = Workplace(settings=Settings(home=Home(tmp_path)))
    repository = build_definitions(work).get_repository_def()
    sensor = repository.get_sensor_def("deliver_approved_documents")
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, repository_def=repository)
        assert not sensor.evaluate_tick(context).run_requests
