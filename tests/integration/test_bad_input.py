"""One run over a company full of faults: each is named, none stops or holds anything else.

Belongs here: what a whole run makes of bad input.
Does not: single validators (tests.unit.ingestion) and single controls (dbt unit tests).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import pipeline
from tests.bad_company import EXPECTED, HEALTHY, write_bad_company

NOW = datetime(2026, 5, 10, 6, tzinfo=UTC)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the company once, with every data test."""
    root = tmp_path_factory.mktemp("bad")
    company = write_bad_company(root / "company")
    pipeline.run_pipeline(company, root / "home", NOW)
    return root / "home"


def ask(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return rows as tuples."""
    return [tuple(row.values()) for row in pipeline.query(home, sql)]


def test_every_fault_is_listed_with_a_sentence_and_nothing_else_is(home: Path) -> None:
    rows = ask(home, "select code, subject_key, sentence from controls.exceptions")
    found = {(code, key) for code, key, _ in rows}
    shortened = {
        (code, {"CONTRACT_REPEATED": key.rpartition(":")[0]}.get(code, key))
        if code != "POSTING_AWAITS_APPROVAL"
        else (code, "document")
        for code, key in found
    }
    assert shortened == EXPECTED
    assert all(sentence.endswith((".", ")")) for *_, sentence in rows)


def test_contracts_without_a_fault_are_posted_whole(home: Path) -> None:
    waiting = ask(
        home,
        f"""
        select contract_id, hold_code, difference_minor from journals.subledger_differences
        where contract_id in {HEALTHY} and hold_code is not null
        """,
    )
    sealed = ask(home, "select distinct contract_id from ledger.sealed_lines")
    assert waiting == []
    assert {name for (name,) in sealed} >= {"OK", "SHARED-A", "SHARED-B", "TWICE", "MINUS"}


def test_contracts_that_share_line_ids_are_charged_apart(home: Path) -> None:
    assert ask(
        home,
        "select contract_id, charge_minor from usage.usage_charges "
        "where contract_id like 'SHARED%' order by 1",
    ) == [("SHARED-A", 5000), ("SHARED-B", 5000)]


def test_all_totals_agree_and_every_contract_balances(home: Path) -> None:
    assert ask(home, "select * from reconciliation.tie_out_summary where not is_tied") == []
    assert (
        ask(home, "select * from reconciliation.roll_forward_deferred_revenue where not is_tied")
        == []
    )
    assert (
        ask(home, "select * from revenue.contract_balances where equation_difference_minor <> 0")
        == []
    )


def test_no_event_is_unexplained(home: Path) -> None:
    assert (
        ask(
            home,
            "select * from reconciliation.event_dispositions where disposition = 'unexplained'",
        )
        == []
    )


def test_the_erp_refused_nothing_of_it(home: Path) -> None:
    rows = ask(home, "select distinct attempts, error_class from exports.outbox_documents")

    assert set(rows) == {(0, None), (1, None)}  # one waits for approval and was not sent
