"""The guards of the difference, through real ingestion, models, sealing and the embedded ledger.

Belongs here: what is held and healed, which worlds are refused, runs at once.
Does not: what the ERP refuses and changed rules (test_changed_rules), single models, crashes.
"""

import multiprocessing
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from core.home import Home
from posting.errors import SmallerWorldError
from tests import pipeline
from tests.guarded_company import (
    FIRST,
    FOURTH,
    MAPPING_OF_K3,
    MAPPING_OF_K5,
    PRICE_OF_K4,
    SECOND,
    THIRD,
    TIERS_OF_K4,
    Guarded,
    write_guarded_company,
)

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.slow

SEALED_BY_CONTRACT = """
    select contract_id, account_role, origin_period, sum(amount_minor)::bigint as minor
    from ledger.sealed_lines group by all order by all
"""


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


def test_the_first_run_posts_all_but_what_has_no_account(booked: Guarded) -> None:
    sealed = {row[0] for row in booked.rows(SEALED_BY_CONTRACT)}
    assert sealed == {"K1", "K2", "K3", "K4"}
    assert booked.posted() == booked.sealed() != []
    assert booked.held() == {"K5": {"GL_MAPPING_MISSING"}}


def break_three(guarded: Guarded) -> None:
    """Take away the customer of K2, the mapping of K3 and the price of K4; time goes on."""
    guarded.change("customers", "cust-2,active", "cust-2,inactive")
    guarded.change("gl_mappings", MAPPING_OF_K3, "")
    guarded.change("prices", PRICE_OF_K4, "")
    guarded.change("price_tiers", TIERS_OF_K4, "")
    guarded.land_usage("second", "2026-02-09", "2026-02-18", 1, 4)
    guarded.land_usage("late", "2026-01-20", "2026-01-20", 1)


def heal_three(guarded: Guarded) -> None:
    guarded.change("customers", "cust-2,inactive", "cust-2,active")
    guarded.add("gl_mappings", MAPPING_OF_K3)
    guarded.add("prices", PRICE_OF_K4)
    guarded.add("price_tiers", TIERS_OF_K4)


@pytest.fixture(scope="module")
def broken(booked: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The company after a run in which three contracts lost what they need."""
    guarded = booked.copy(tmp_path_factory.mktemp("broken"))
    break_three(guarded)
    guarded.run(SECOND)
    return guarded


def test_what_lost_its_customer_mapping_or_price_is_held_and_not_reversed(
    booked: Guarded, broken: Guarded
) -> None:
    def others(guarded: Guarded) -> list[tuple]:
        return [row for row in guarded.rows(SEALED_BY_CONTRACT) if row[0] != "K1"]

    assert others(broken) == others(booked) != []
    assert broken.posted() == broken.sealed() != booked.sealed()
    assert broken.held() == {
        "K2": {"CUSTOMER_INACTIVE"},
        "K3": {"GL_MAPPING_MISSING"},
        "K4": {"PRICE_MISSING"},
        "K5": {"GL_MAPPING_MISSING"},
    }
    assert broken.changes() == {}


def test_what_is_held_shows_its_unposted_amount_and_is_an_exception(broken: Guarded) -> None:
    # 2,400.00 a year: 10 to 19 February, through the last complete day.
    unposted = broken.rows(
        "select sum(difference_minor)::bigint from journals.subledger_differences "
        "where contract_id = 'K2' and account_role = 'revenue' and origin_period = '2026-02'"
    )
    assert unposted == [(-6576,)]
    exceptions = broken.rows(
        "select subject_key, code from controls.exceptions where subject_type = 'contract' "
        "and subject_key in ('K2', 'K3', 'K4', 'K5') order by all"
    )
    assert exceptions == [
        ("K2", "CUSTOMER_INACTIVE"),
        ("K3", "GL_MAPPING_MISSING"),
        ("K4", "PRICE_MISSING"),
        ("K5", "GL_MAPPING_MISSING"),
    ]


def test_late_usage_of_a_closed_period_is_posted_in_the_open_one_with_its_origin(
    broken: Guarded,
) -> None:
    rows = broken.rows(
        "select account_role, origin_period, accounting_period, posting_date::varchar, "
        "amount_minor from ledger.deltas where batch_number = 2 and origin_period < '2026-02' "
        "order by all"
    )
    assert rows == [
        ("revenue", "2026-01", "2026-02", "2026-02-01", -320),
        ("unbilled_receivable", "2026-01", "2026-02", "2026-02-01", 320),
    ]


def test_healed_reference_data_posts_exactly_what_was_missing_without_approval(
    broken: Guarded, tmp_path: Path
) -> None:
    guarded = broken.copy(tmp_path)
    heal_three(guarded)
    guarded.add("gl_mappings", MAPPING_OF_K5)
    guarded.run(THIRD)

    assert guarded.changes() == {}
    assert guarded.held() == {}
    assert guarded.unsealed() == []
    assert guarded.posted() == guarded.sealed()
    reversed_lines = guarded.rows(
        "select * from ledger.deltas where batch_number = 3 "
        "and account_role = 'revenue' and amount_minor > 0"
    )
    assert reversed_lines == []


def test_a_price_that_comes_back_changed_waits_for_approval_with_its_money(
    broken: Guarded, tmp_path: Path
) -> None:
    guarded = broken.copy(tmp_path)
    heal_three(guarded)
    guarded.change("price_tiers", "api-4,1,1000,0.10", "api-4,1,1000,0.20")
    guarded.seal(THIRD)

    # 27 days of January and 8 of February were booked at 4.00 a day; now they are 8.00, save for
    # the 80 calls above the first 1,000 of January.
    assert {key: change.amount_minor for key, change in guarded.changes().items()} == {
        "K4": 10_000 + 3_200
    }
    assert guarded.held()["K4"] == {"CHANGE_AWAITS_APPROVAL"}
    guarded.approve(THIRD, "K4")
    guarded.seal(FOURTH)
    assert "K4" not in guarded.held()


def test_an_older_instant_cannot_be_sealed(guarded: Guarded) -> None:
    with pytest.raises(SmallerWorldError, match="are older than batch 1"):
        guarded.seal(FIRST - HOUR)
    assert guarded.ledger_head() == 1


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        ("manifest/000000001.parquet", "the manifest ends at 0"),
        ("events/000000001.parquet", "events/000000001.parquet of raw manifest entry 1 is missing"),
        (
            "reference/gl_mappings/000000001.parquet",
            "gl_mappings/000000001.parquet of raw manifest",
        ),
    ],
)
def test_a_lost_raw_file_stops_the_run_before_anything_is_swept(
    guarded: Guarded, lost: str, sentence: str
) -> None:
    raw = Home(guarded.home).raw
    (raw / lost).unlink()
    before = sorted(path for path in raw.rglob("*.parquet"))
    with pytest.raises(SmallerWorldError, match=sentence):
        guarded.run(SECOND)
    assert sorted(path for path in raw.rglob("*.parquet")) == before
    assert guarded.ledger_head() == 1


def test_the_raw_store_of_another_home_is_refused(guarded: Guarded, tmp_path: Path) -> None:
    other = write_guarded_company(tmp_path / "other")
    with other.opened(SECOND) as run:
        pipeline.ingest(run)
    shutil.rmtree(Home(guarded.home).raw)
    shutil.copytree(Home(other.home).raw, Home(guarded.home).raw)
    with pytest.raises(SmallerWorldError, match="another raw entry 1"):
        guarded.run(SECOND)
    assert guarded.ledger_head() == 1


def test_of_two_seals_of_one_difference_the_second_computes_it_again(guarded: Guarded) -> None:
    with guarded.opened(SECOND) as run:
        pipeline.ingest(run)
        pipeline.build_books(run, with_tests=False)
        first = pipeline.seal(run)
        second = pipeline.seal(run)
    assert first.batch_number == 2
    assert (second.batch_number, second.delta_count) == (None, 0)
    assert guarded.ledger_head() == 2
    assert guarded.rows("select count(*) from journals.proposed_lines") == [(0,)]


def test_of_two_runs_at_once_one_seals_and_no_document_is_there_twice(guarded: Guarded) -> None:
    context = multiprocessing.get_context("forkserver")
    runs = [
        context.Process(target=pipeline.run_pipeline, args=(guarded.company, guarded.home, SECOND))
        for _ in range(2)
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join(300)
    assert [each.exitcode for each in runs] == [0, 0]
    assert guarded.ledger_head() == 2
    assert guarded.posted() == guarded.sealed()
    assert guarded.copies_in_erp() == dict.fromkeys(guarded.sealed_keys(), 1)
