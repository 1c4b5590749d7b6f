"""The pages of the cases: as committed, balanced, and one for everything that moves money.

Belongs here: that docs/accounting/scenarios is what the folders of the cases say.
Does not: whether the books agree with the cases (test_scenarios).
"""

import shutil
from pathlib import Path

import pytest

from tests.scenarios.cases import CASES, Case, all_cases, read_rows
from tests.scenarios.pages import PAGES, UnbalancedJournalError, page, pages

_POLICY = CASES.parents[1] / "dbt_project" / "seeds" / "policy"


def test_pages_are_what_the_cases_say() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}

    assert committed == pages(all_cases()), "Run python -m tests.scenarios.pages and commit."


def test_a_changed_expectation_changes_the_page(tmp_path: Path) -> None:
    case = _copy(tmp_path, "1840.00", "1840.01", "balances")

    assert "| PX-CANCEL-CREDIT | 2025-06 | 1,840.01 | 0.00 | 0.00 | 0.00 |" in page(case)


def test_a_journal_that_does_not_balance_has_no_page(tmp_path: Path) -> None:
    case = _copy(tmp_path, "deferred_revenue,1840.00", "deferred_revenue,1840.01", "journal")

    with pytest.raises(UnbalancedJournalError, match=r"1840\.01 of debit and 1840\.00 of credit"):
        page(case)


def test_every_event_that_moves_money_has_a_case() -> None:
    told = {event["type"] for case in all_cases() for event in case.events()}
    told |= {"usage.recorded" for case in all_cases() if case.usage(1)}
    told |= {
        "usage.cancelled"
        for case in all_cases()
        for stage, _ in enumerate(case.stages, start=1)
        for row in case.usage(stage)
        if row.get("cancels")
    }

    moving = {
        row["event_type"]
        for row in read_rows(_POLICY / "event_taxonomy.csv")
        if row["outcome"] != "no_financial_effect"
    }
    assert moving - told == set()


def test_every_change_of_a_contract_in_force_at_once_has_a_case() -> None:
    told = {
        tuple(event["data"].get(name, "") for name in names)
        for case in all_cases()
        for event in case.events()
        for names in (("amendment_type", "timing"), ("policy",))
    }

    changes = {
        (row["amendment_type"], row["timing"])
        for row in read_rows(_POLICY / "amendment_outcomes.csv")
        if row["timing"] == "immediate" and row["amendment_type"] != "renewal"
    }
    cancellations = {("at_period_end",), ("immediate_credit",), ("immediate_no_refund",)}
    assert (changes | cancellations) - told == set()


def _copy(folder: Path, old: str, new: str, name: str) -> Case:
    """Return a case with one number of an expectation changed."""
    shutil.copytree(CASES / "px-cancel-with-credit", folder / "px-cancel-with-credit")
    path = folder / "px-cancel-with-credit" / "expect" / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Case(folder=folder / "px-cancel-with-credit")
