"""The pages of the cases: as committed, and balanced.

Belongs here: that docs/accounting/scenarios is what the folders of the cases say.
Does not: whether the books agree with the cases (test_scenarios).
"""

import shutil
from pathlib import Path

import pytest

from tests.scenarios.cases import CASES, Case, all_cases
from tests.scenarios.pages import PAGES, UnbalancedJournalError, page, pages


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


def _copy(folder: Path, old: str, new: str, name: str) -> Case:
    """Return a case with one number of an expectation changed."""
    shutil.copytree(CASES / "px-cancel-with-credit", folder / "px-cancel-with-credit")
    path = folder / "px-cancel-with-credit" / "expect" / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Case(folder=folder / "px-cancel-with-credit")
