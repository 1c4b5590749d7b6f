"""The way of every change of a contract, run after run: where it stands and how it may move on.

Belongs here: real runs over the accounting cases, states day by day, moves against the policy.
Does not: the amounts of the cases (tests.scenarios), or single models.
"""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from tests import company, pipeline
from tests.scenarios.cases import Case, all_cases
from tests.scenarios.company_of_cases import land, write_company
from tests.warehouse import PROJECT

pytestmark = pytest.mark.slow

_POLICY = PROJECT / "seeds" / "policy" / "workflow_transitions.csv"
_LAG = "SCN-06-C|amendment|SCN-06-A"
_CASES = [case for told in all_cases() for case in told.by_entity()]

Row = dict[str, Any]
Seen = dict[date, dict[str, Row]]


@pytest.fixture(scope="module")
def lagging(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Return the states of each day of the case whose three systems learn one after the other."""
    folder = tmp_path_factory.mktemp("lagging")
    cases = [
        case for case in _CASES if case.name in {"scn-06-systems-lag", "scn-07-systems-in-step"}
    ]
    write_company(cases, folder / "company")
    found = {}
    for stage, day in enumerate(cases[0].stages, start=1):
        land(cases, folder / "company", stage)
        found[day] = _run(folder, day)
    return found


@pytest.fixture(scope="module")
def passing(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Return the states of all other cases as their events come in over two years."""
    folder = tmp_path_factory.mktemp("passing")
    cases = [case for case in _CASES if not case.settings.get("stages")]
    write_company(cases, folder / "company")
    found, before = {}, date.min
    for day in (date(2025, 2, 3), date(2025, 7, 2), date(2025, 12, 30), date(2027, 2, 2)):
        _land_days(cases, folder / "company", before, day)
        found[day], before = _run(folder, day), day
    return found


def _land_days(cases: Sequence[Case], folder: Path, before: date, day: date) -> None:
    """Land the events of the cases that happened since the run before."""
    arrived: dict[str, list[str]] = {}
    for case in cases:
        for event in case.events():
            if before <= date.fromisoformat(event["time"][:10]) < day:
                body = {key: value for key, value in event.items() if key != "stage"}
                arrived.setdefault(event["source"], []).append(json.dumps(body))
    for source, lines in arrived.items():
        company.land(folder, f"{source}/{source}/{day}.jsonl", "\n".join(lines) + "\n")


def _run(folder: Path, day: date) -> dict[str, Row]:
    home = folder / "home"
    pipeline.run_pipeline(folder / "company", home, datetime.combine(day, time(6), UTC))
    steps: dict[str, Row] = {}
    for row in pipeline.query(home, "select * from contracts.workflow_steps order by position"):
        steps.setdefault(row["workflow_key"], {})[row["step_code"]] = row
    rows = pipeline.query(home, "select * from contracts.workflow_states order by workflow_key")
    return {row["workflow_key"]: row | {"steps": steps[row["workflow_key"]]} for row in rows}


def _moves(seen: Seen) -> list[tuple[str, str, str]]:
    """Return every move between successive runs: the change, its state before and after."""
    moves = []
    before: dict[str, Row] = {}
    for states in seen.values():
        assert set(before) <= set(states), "a change that was known is known for ever"
        for key, row in states.items():
            moves.append((key, before[key]["state"] if key in before else "", row["state"]))
        before = states
    return [move for move in moves if move[1] != move[2]]


def _is_allowed(before: str, after: str) -> bool:
    """Tell whether the policy leads there: forward steps, with one move aside or back at most."""
    with _POLICY.open(encoding="utf-8", newline="") as file:
        policy = list(csv.DictReader(file))
    reached, waiting = set(), [(before, False)]
    while waiting:
        state, has_left = waiting.pop()
        reached.add((state, has_left))
        for row in policy:
            left = has_left or row["is_forward"] == "false"
            is_open = row["is_forward"] == "true" or not has_left
            if row["from_state"] == state and is_open and (row["to_state"], left) not in reached:
                waiting.append((row["to_state"], left))
    return before == after or any(state == after for state, _ in reached if state != before)


def _done(row: Row) -> dict[str, str]:
    """Return the day each step that is done was done."""
    return {
        code: f"{step['done_at']:%m-%d}"
        for code, step in row["steps"].items()
        if step["step_state"] == "done"
    }


def test_a_change_that_systems_learn_of_late_is_followed_day_by_day(lagging: Seen) -> None:
    by_day = {f"{day:%m-%d}": states.get(_LAG) for day, states in lagging.items()}
    assert by_day["02-01"] is None

    # The CRM says so at once; the owner of the terms does not know yet.
    held = by_day["02-16"]
    assert (held["state"], held["state_code"]) == ("held", "CONTRACT_NOT_CONFIRMED")
    assert (held["next_step"], held["next_step_owner"]) == ("approved", "revenue-operations")
    assert _done(held) == {"received": "02-16", "complete": "02-16"}

    # Two days later billing has its invoice: a step done out of turn moves nothing.
    billed = by_day["02-18"]
    assert (billed["state"], billed["next_step"]) == ("held", "approved")
    assert f"{billed['state_since']:%m-%d}" == "02-16"
    assert _done(billed) == _done(held) | {"billed": "02-18", "taxed": "02-18"}

    # After a week the revenue system confirms, and everything goes by itself.
    posted = by_day["02-23"]
    assert (posted["state"], posted["next_step"], posted["state_code"]) == ("posted", None, None)
    assert posted["event_count"] == 2
    assert _done(posted) == {
        "received": "02-16",
        "complete": "02-23",
        "approved": "02-23",
        "priced": "02-23",
        "billed": "02-18",
        "taxed": "02-18",
        "scheduled": "02-23",
        "journaled": "02-23",
        "posted": "02-23",
    }


def test_what_is_finished_is_not_held_again(lagging: Seen) -> None:
    # The contract is held from the 16th to the 22nd; its creation had been posted before.
    assert [states["SCN-06-C|creation"]["state"] for states in lagging.values()] == ["posted"] * 4


def test_changes_move_as_the_policy_allows(lagging: Seen, passing: Seen) -> None:
    moves = _moves(lagging) + _moves(passing)
    assert [move for move in moves if not _is_allowed(*move[1:])] == []
    assert {("", "held"), ("held", "posted"), ("", "posted"), ("priced", "posted")} <= {
        move[1:] for move in moves
    }


def test_the_policy_forbids_what_no_fact_can_do() -> None:
    assert _is_allowed("", "posted")
    assert _is_allowed("held", "posted")
    assert _is_allowed("journaled", "scheduled")
    assert not _is_allowed("billed", "approved")
    assert not _is_allowed("posted", "received")
    assert not _is_allowed("priced", "complete")
    assert not _is_allowed("held", "")


def test_an_upgrade_shows_its_five_steps(passing: Seen) -> None:
    steps = passing[date(2025, 7, 2)]["PX-UPGRADE|amendment|PX-UPGRADE-A"]["steps"]
    wanted = ("priced", "taxed", "billed", "posted", "scheduled")
    assert {steps[code]["step_state"] for code in wanted} == {"done"}
    assert steps["priced"]["evidence"] == "PX-UPGRADE-v2"
    assert steps["billed"]["evidence"] == "invoice PX-UPGRADE-INV-2"
    assert steps["approved"]["evidence"] == "AM-UPGRADE-NOW"
    assert steps["posted"]["done_by"] == "main"


def test_a_cancellation_shows_who_did_each_step_and_when(passing: Seen) -> None:
    row = passing[date(2025, 7, 2)]["PX-REFUND|cancellation"]
    assert row["state"] == "posted"
    assert all(step["done_by"] and step["done_at"] for step in row["steps"].values())
    assert row["steps"]["billed"]["evidence"] == "credit PX-REFUND-CM"


def test_only_what_really_waits_is_left_in_the_end(passing: Seen) -> None:
    waiting = passing[date(2025, 12, 30)]["SCN-04-C|amendment|SCN-04-A"]
    assert (waiting["state"], waiting["next_step"], waiting["is_not_due"]) == (
        "priced", "billed", True,
    )  # fmt: skip
    end = passing[date(2027, 2, 2)]
    assert {
        key: (row["state"], row["state_code"], row["next_step"])
        for key, row in end.items()
        if row["state"] not in {"posted", "no_effect"}
    } == {}
    # A pause books nothing of its own; nor does the start or a change of a contract of usage alone
    # that nobody has invoiced.
    assert {key for key, row in end.items() if row["state"] == "no_effect"} == {
        "CANCEL-END|cancellation",
        "METERS|creation",
        "PX-PAUSE-CONTINUE|pause|PX-PAUSE-CONTINUE-P",
        "PX-PAUSE-CONTINUE|resume|PX-PAUSE-CONTINUE-P",
        "PX-PAUSE|pause|PX-PAUSE-P",
        "PX-PAUSE|resume|PX-PAUSE-P",
        "PX-USAGE|creation",
        "SIZES|amendment|SIZES-A",
        "SIZES|creation",
    }


def test_a_change_held_with_its_invoice_for_one_reason_stands_once(tmp_path: Path) -> None:
    inactive = {
        "customers": "customer_id,status,country,valid_from\ncust-1,inactive,US,2025-01-01\n"
    }
    billed = company.event("invoice.finalized", company.invoice(), source="billing", id="b1")
    created = company.event("subscription.created", company.subscription())
    landing = {
        "crm/a.jsonl": company.json_lines([created]),
        "billing/b.jsonl": company.json_lines([billed]),
    }
    company.write_company(tmp_path / "company", reference=inactive, landing=landing)
    (row,) = _run(tmp_path, date(2026, 2, 10)).values()
    assert (row["state"], row["state_code"]) == ("held", "CUSTOMER_INACTIVE")
    assert (row["next_step"], row["steps"]["billed"]["step_state"]) == ("approved", "done")
