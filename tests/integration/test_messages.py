"""What goes back to the sources after real runs: the ERP's ids, once, for everything it holds.

Belongs here: the demo and the case of an upgrade in mid-quarter, as their sources are told.
Does not: files and numbers (tests.unit.posting), or the amounts of the case (tests.scenarios).
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import pipeline
from tests.demo_run import DemoRun
from tests.scenarios.cases import all_cases
from tests.scenarios.company_of_cases import land, write_company

pytestmark = pytest.mark.slow

UPGRADE = next(case for case in all_cases() if case.name == "scn-01-upgrade-in-mid-quarter")
_AFTER_THE_QUARTER = datetime(2026, 4, 1, 6, tzinfo=UTC)
_NUMBERS = "select erp_document_id, erp_number from exports.erp_documents"

Message = dict[str, Any]


def told(home: Path, receiver: str) -> list[Message]:
    """Return every message to a receiver, file after file."""
    return [
        json.loads(line)
        for path in sorted((home / "messages" / receiver).glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def booked(messages: Iterable[Message]) -> set[tuple[Any, ...]]:
    return {
        (
            message["subject"],
            message["data"]["entry_type"],
            message["data"]["posting_date"],
            message["data"]["amount_minor"],
        )
        for message in messages
    }


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of the case on the day after its first quarter."""
    folder = tmp_path_factory.mktemp("upgraded")
    write_company([UPGRADE], folder / "company")
    land([UPGRADE], folder / "company", 1)
    pipeline.run_pipeline(folder / "company", folder / "home", _AFTER_THE_QUARTER)
    return folder / "home"


def test_an_upgrade_gives_its_source_the_erp_document_of_each_invoice(upgraded: Path) -> None:
    messages = told(upgraded, "sources/billing")
    assert booked(each for each in messages if each["subject"].startswith("invoice:")) == {
        ("invoice:SCN-01-Q1", "billing", "2026-01-01", 29_589_04),
        ("invoice:SCN-01-DELTA", "billing", "2026-02-15", 20_712_33),
    }


def test_an_upgrade_gives_its_source_every_erp_document_of_the_contract(upgraded: Path) -> None:
    messages = told(upgraded, "sources/billing")
    assert booked(each for each in messages if each["subject"].startswith("contract:")) == {
        ("contract:SCN-01-C", "billing", "2026-01-01", 29_589_04),
        ("contract:SCN-01-C", "billing", "2026-02-15", 20_712_33),
        ("contract:SCN-01-C", "recognition", "2026-01-31", 10_191_78),
        ("contract:SCN-01-C", "recognition", "2026-02-28", 15_649_32),
        ("contract:SCN-01-C", "recognition", "2026-03-31", 24_460_27),
    }
    in_erp = {tuple(row.values()) for row in pipeline.query(upgraded, _NUMBERS)}
    assert {
        (message["data"]["erp_document_id"], message["data"]["erp_number"]) for message in messages
    } == in_erp


def test_who_notifies_learns_of_the_upgrade_and_its_invoice(upgraded: Path) -> None:
    messages = told(upgraded, "notifications")
    assert {
        (message["type"], message["subject"], message["data"].get("amendment_id"))
        for message in messages
    } == {
        ("contract.changed", "contract:SCN-01-C", None),
        ("contract.changed", "contract:SCN-01-C", "SCN-01-A"),
        ("invoice.posted", "invoice:SCN-01-Q1", None),
        ("invoice.posted", "invoice:SCN-01-DELTA", None),
    }
    (upgrade,) = [each for each in messages if each["data"].get("amendment_id")]
    assert upgrade["data"]["amendment_type"] == "upgrade"
    assert upgrade["data"]["effective_date"] == "2026-02-15"


def test_every_posted_document_of_the_demo_is_told_to_a_source(demo: DemoRun) -> None:
    posted = demo.ask(
        "select document_key, erp_document_id from journals.journal_entries"
        " where delivery_status = 'posted'"
    )
    receivers = sorted(path.name for path in (demo.home / "messages" / "sources").iterdir())
    messages = [each for name in receivers for each in told(demo.home, f"sources/{name}")]

    assert receivers == ["billing", "crm", "sprout"]
    assert {
        (each["data"]["document_key"], each["data"]["erp_document_id"]) for each in messages
    } == {(row["document_key"], row["erp_document_id"]) for row in posted}
    assert len({each["id"] for each in messages}) == len(messages)


def test_everything_the_erp_took_of_a_sealed_line_is_told_under_its_contract(
    demo: DemoRun,
) -> None:
    sealed = demo.ask(
        """
        select document_key, contract_id from ledger.deltas
        where document_key is not null and contract_id is not null group by all
        """
    )
    messages = told(demo.home, "sources/crm")
    assert {(each["data"]["document_key"], each["data"]["contract_id"]) for each in messages} == {
        (row["document_key"], row["contract_id"]) for row in sealed
    }


def test_a_change_that_is_held_is_not_told(demo: DemoRun) -> None:
    held = {
        row["event_id"]
        for row in demo.ask(
            "select events.event_id from contracts.workflow_states as states"
            " inner join lineage.events as events on states.event_key = events.event_key"
            " where states.state = 'held'"
        )
    }
    changed = {
        each["data"]["event_id"]
        for each in told(demo.home, "notifications")
        if each["type"] == "contract.changed"
    }
    assert len(held) > 5
    assert len(changed) > 30
    assert not held & changed


def test_the_second_run_of_the_demo_tells_only_what_it_posted(demo: DemoRun) -> None:
    first, second = (sum(each.told.values()) for each in demo.runs)
    assert first > second > 0
    for path in (demo.home / "messages" / "sources").rglob("000000002.jsonl"):
        times = {json.loads(line)["time"] for line in path.read_text().splitlines()}
        assert times == {"2026-03-10T06:00:00Z"}


def test_a_run_with_nothing_new_tells_nothing(upgraded: Path) -> None:
    before = sorted(path.name for path in (upgraded / "messages").rglob("*"))
    company = upgraded.with_name("company")
    assert pipeline.run_pipeline(company, upgraded, _AFTER_THE_QUARTER).told == {}
    assert sorted(path.name for path in (upgraded / "messages").rglob("*")) == before
