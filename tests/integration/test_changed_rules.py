"""What is refused by the ERP or changed by the rules: healed, revised, previewed, approved.

Belongs here: guards 4 and 6 of the difference through real ingestion, models, sealing and the
embedded ERP: rejected documents, voids and revisions, changes of mappings and of code.
Does not: holds, smaller worlds, runs at once (test_guards).
"""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from core.home import Home
from orchestration.erps import connectors
from orchestration.settings import REPOSITORY
from posting import ledger, outbox, voiding
from posting.connectors.embedded import EmbeddedAdministrator, ErpAccount, store_path
from posting.states import State
from tests import pipeline
from tests.guarded_company import FIRST, SECOND, THIRD, Guarded, write_guarded_company

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The company after its first run; nobody changes it, tests copy it."""
    guarded = write_guarded_company(tmp_path_factory.mktemp("booked"))
    guarded.run(FIRST)
    return guarded


@pytest.fixture
def guarded(booked: Guarded, tmp_path: Path) -> Guarded:
    """A copy of the booked company that the test may change."""
    return booked.copy(tmp_path)


@pytest.fixture(scope="module")
def refused(booked: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The company after a run in which the ERP took no more usage revenue."""
    guarded = booked.copy(tmp_path_factory.mktemp("refused"))
    guarded.land_usage("second", "2026-02-09", "2026-02-18", 1)
    with guarded.opened(SECOND) as run:
        pipeline.ingest(run)
        pipeline.build_books(run, with_tests=False)
        pipeline.seal(run)
        retire_in_erp(run.home)
        pipeline.deliver(run)
        pipeline.prove(run, with_tests=False)
    return guarded


def retire_in_erp(home: Home) -> None:
    """Have the ERP's administrator retire usage revenue; the next run sets it up again."""
    EmbeddedAdministrator(store_path(home, "main")).configure(
        accounts=[
            ErpAccount(
                legal_entity_code="T-US",
                account_code="4100",
                account_name="Usage revenue",
                account_type="revenue",
                is_active=False,
            )
        ]
    )


def refused_key(guarded: Guarded) -> str:
    """Return the one document that the ERP did not take."""
    documents = outbox.documents(Home(guarded.home), [State.REJECTED, State.HELD])
    assert [document.entry_type for document in documents] == ["usage_accrual"]
    return documents[0].document_key


def test_a_refused_document_is_posted_under_its_key_once_the_cause_is_healed(
    refused: Guarded, tmp_path: Path
) -> None:
    guarded = refused.copy(tmp_path)
    key = refused_key(guarded)
    assert key not in guarded.copies_in_erp()
    result = guarded.run(SECOND + HOUR)

    assert (result.sealed.batch_number, result.delivered.posted) == (None, 1)
    assert guarded.changes() == {}
    assert guarded.copies_in_erp()[key] == 1
    assert guarded.rows("select * from ledger.voids") == []
    assert guarded.posted() == guarded.sealed()


def test_changed_content_of_a_refused_document_comes_as_the_next_revision(
    refused: Guarded, tmp_path: Path
) -> None:
    guarded = refused.copy(tmp_path)
    key = refused_key(guarded)
    guarded.change("gl_mappings", "T-US,API,revenue,4100", "T-US,API,revenue,4110")
    guarded.preview(SECOND + HOUR)
    assert set(guarded.changes()) == {"K1", "K4"}  # both have usage that is sealed
    guarded.preview(SECOND + HOUR)
    guarded.approve(SECOND + HOUR, "K1", "K4")
    guarded.run(SECOND + 2 * HOUR)

    revisions = guarded.rows(
        "select revision, document_key in (select document_key from ledger.voids) "
        "from ledger.documents where document_identity = (select document_identity "
        f"from ledger.documents where document_key = '{key}') order by revision"
    )
    assert revisions == [(1, True), (2, False)]
    copies = guarded.copies_in_erp()
    assert key not in copies
    assert copies == dict.fromkeys(guarded.sealed_keys(), 1)
    assert guarded.posted() == guarded.sealed()
    assert not [row for row in guarded.posted() if row[0] == "4100" and row[1] == "2026-03"]
    assert guarded.unsealed() == ["K5"]


def test_healing_after_a_person_voided_the_document_is_no_change(
    refused: Guarded, tmp_path: Path
) -> None:
    guarded = refused.copy(tmp_path)
    key = refused_key(guarded)
    with guarded.opened(SECOND + HOUR) as run:
        voiding.void_document(
            run.home,
            connectors(run.work.company, run.home),
            key,
            by="frida",
            reason="The account is closed.",
            now=SECOND + HOUR,
        )
    guarded.run(SECOND + HOUR)

    assert guarded.changes() == {}
    copies = guarded.copies_in_erp()
    assert key not in copies
    assert copies == dict.fromkeys(guarded.sealed_keys(), 1)
    assert guarded.unsealed() == ["K5"]


def test_an_account_retired_in_the_chart_holds_what_is_new_and_reverses_nothing(
    guarded: Guarded,
) -> None:
    usage_revenue = [row for row in guarded.posted() if row[0] == "4100"]
    assert usage_revenue
    guarded.add("accounts", "T-US,4100,Usage revenue,revenue,false,2026-02-16\n")
    guarded.land_usage("second", "2026-02-09", "2026-02-18", 1)
    guarded.run(SECOND)

    assert guarded.changes() == {}
    assert guarded.held()["K1"] == {"ACCOUNT_INACTIVE"}
    assert "K4" not in guarded.held()  # it has no new usage
    assert outbox.documents(Home(guarded.home), [State.REJECTED, State.HELD]) == []
    assert [row for row in guarded.posted() if row[0] == "4100"] == usage_revenue
    assert guarded.posted() == guarded.sealed()

    guarded.add("accounts", "T-US,4100,Usage revenue,revenue,true,2026-02-17\n")
    guarded.run(SECOND + HOUR)
    assert guarded.unsealed() == ["K5"]
    assert guarded.posted() == guarded.sealed()


REVENUE_OF_K1 = """
    select account_code, origin_period, accounting_period, sum(amount_minor)::bigint as minor
    from ledger.sealed_lines where contract_line_id = 'K1-1' and account_role = 'revenue'
    group by all having minor <> 0 order by all
"""


@pytest.fixture(scope="module")
def backdated(booked: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The company after a run that found another revenue account for K1, from January on."""
    guarded = booked.copy(tmp_path_factory.mktemp("backdated"))
    guarded.add("gl_mappings", "T-US,PLAN1,revenue,4010,2026-01-15\n")
    guarded.seal(SECOND)
    return guarded


def test_a_backdated_mapping_waits_with_its_money_while_all_else_goes_on(
    booked: Guarded, backdated: Guarded
) -> None:
    # 40 of 365 days of 2,400.00 were booked.
    assert {key: change.amount_minor for key, change in backdated.changes().items()} == {
        "K1": 26_301
    }
    assert backdated.held()["K1"] == {"CHANGE_AWAITS_APPROVAL"}
    with backdated.opened(SECOND) as run:
        run.lay_out_warehouse()
    assert backdated.rows(REVENUE_OF_K1) == booked.rows(REVENUE_OF_K1)
    assert backdated.ledger_head() == 2


def test_an_approved_backdated_mapping_is_posted_as_a_reclass_with_its_origin(
    backdated: Guarded, tmp_path: Path
) -> None:
    guarded = backdated.copy(tmp_path)
    guarded.approve(SECOND, "K1")
    guarded.run(SECOND + HOUR)

    assert guarded.changes() == {}
    assert guarded.rows(REVENUE_OF_K1) == [
        ("4000", "2026-01", "2026-01", -20_384),
        ("4000", "2026-01", "2026-02", 20_384),
        ("4010", "2026-01", "2026-02", -20_384),
        ("4010", "2026-02", "2026-02", -12_493),
    ]
    assert guarded.posted() == guarded.sealed()
    assert guarded.unsealed() == ["K5"]


def test_a_change_that_is_taken_back_leaves_nothing_to_approve(
    backdated: Guarded, tmp_path: Path
) -> None:
    guarded = backdated.copy(tmp_path)
    guarded.change("gl_mappings", "T-US,PLAN1,revenue,4010,2026-01-15\n", "")
    assert guarded.preview(THIRD) == []
    assert guarded.changes() == {}


def changed_project(to: Path, file: str, old: str, new: str) -> Path:
    """Return a copy of the dbt project in which one text is another."""
    project = to / "dbt_project"
    shutil.copytree(
        REPOSITORY / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs")
    )
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new))
    return project


def test_new_code_with_the_same_result_changes_nothing_and_asks_nobody(
    guarded: Guarded, tmp_path: Path
) -> None:
    project = changed_project(
        tmp_path / "release",
        "models/marts/journals/subledger_lines.sql",
        "with\n",
        "-- New.\nwith\n",
    )
    with guarded.opened(FIRST + HOUR, dbt_project=project) as run:
        pipeline.ingest(run)
        pipeline.build_books(run, with_tests=False)
        result = pipeline.seal(run)
        assert run.world().code_version != ledger.read_head(run.home).last_batch.code_version
    assert guarded.changes() == {}
    assert (result.batch_number, result.delta_count) == (None, 0)


def test_new_code_with_another_result_waits_with_its_money(
    guarded: Guarded, tmp_path: Path
) -> None:
    project = changed_project(
        tmp_path / "release",
        "models/intermediate/pricing/int_usage_charges_priced.sql",
        "coalesce(prices.included_quantity, 0) as included_quantity",
        "coalesce(prices.included_quantity, 10) as included_quantity",
    )
    found = guarded.preview(FIRST + HOUR, dbt_project=project)
    # Ten calls less a month: 0.80 in January, above the first tier, and 1.00 in February.
    assert found is not None
    assert {change.subject_key: change.amount_minor for change in found} == {"K1": 180, "K4": 180}
    assert all("new code would change what is booked" in change.sentence for change in found)
