"""The proof of the books: its unit tests, and that its invariants can fail.

Belongs here: what the models built after posting say about rows made up for them.
Does not: a real run against a real ERP (tests.integration).
"""

from pathlib import Path
from typing import Any

import pytest

from tests.books_given import company_with_books
from tests.unit.dbt.given import company, fixed_line, subscription
from tests.warehouse import BuildError, Warehouse

JOURNALS = "stg_ledger__* stg_exports__outbox_documents currencies journal_entries journal_lines"
DRILL_BACK = "+journal_line_sources assert_drill_back_sums_to_journal_lines"


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A company in which nothing has happened yet, proven, with the unit tests of the proof."""
    warehouse = Warehouse(tmp_path_factory.mktemp("proof"))
    company(warehouse)
    warehouse.insert(
        "exports.erp_periods",
        [
            {
                "erp_code": "main",
                "legal_entity_code": "US",
                "accounting_period": "2026-06",
                "start_date": "2026-06-01",
                "end_date": "2026-06-30",
                "state": "open",
            }
        ],
    )
    warehouse.invoke(["seed"])
    warehouse.run("tag:books")
    warehouse.build("tag:proof", unit_tests=True)
    return warehouse


def test_a_company_without_events_ties_out(proven: Warehouse) -> None:
    assert proven.rows(
        "select tie_out_name, left_count, right_count, is_tied from reconciliation.tie_out_summary"
    ) == [("usage_to_charges", 0, 0, True)]


def test_a_company_without_events_has_no_exceptions(proven: Warehouse) -> None:
    assert proven.rows("select * from controls.exceptions") == []


def test_a_balanced_document_with_its_sources_passes(tmp_path: Path) -> None:
    warehouse = _sealed(tmp_path, lines=[_line(1, "debit", 500), _line(2, "credit", 500)])
    warehouse.build(f"{JOURNALS} {DRILL_BACK}")
    assert warehouse.rows(
        "select delivery_status, total_amount::varchar from journals.journal_entries"
    ) == [("in_flight", "5.0000")]


def test_a_document_that_does_not_balance_fails(tmp_path: Path) -> None:
    warehouse = _sealed(tmp_path, lines=[_line(1, "debit", 500), _line(2, "credit", 499)])
    with pytest.raises(BuildError, match="journal_lines_balance"):
        warehouse.build(JOURNALS)


def test_sources_that_do_not_sum_to_their_journal_line_fail(tmp_path: Path) -> None:
    warehouse = _sealed(
        tmp_path, lines=[_line(1, "debit", 500), _line(2, "credit", 500)], first_delta=499
    )
    with pytest.raises(BuildError, match="assert_drill_back_sums_to_journal_lines"):
        warehouse.build(f"{JOURNALS} {DRILL_BACK}")


def test_a_line_split_by_the_signs_of_its_currencies_keeps_both_sources(tmp_path: Path) -> None:
    warehouse = _sealed(
        tmp_path,
        lines=[_line(1, "debit", 300), _line(2, "credit", 500), _line(3, "debit", 200)],
        first_delta=300,
    )
    warehouse.insert("ledger.deltas", [_delta("k1", 3, "1200", 200)])
    warehouse.build(f"{JOURNALS} {DRILL_BACK}")
    assert warehouse.rows(
        "select subledger_line_key, line_number, amount_minor from journals.journal_line_sources"
        " order by line_number"
    ) == [("k1", 1, 300), ("k2", 2, -500), ("k1", 3, 200)]


def _sealed(folder: Path, *, lines: list[dict[str, Any]], first_delta: int = 500) -> Warehouse:
    """Return a warehouse whose ledger holds one document."""
    warehouse = Warehouse(folder)
    warehouse.insert(
        "ledger.documents",
        [
            {
                "document_key": "RSLA",
                "revision": 1,
                "batch_number": 1,
                "erp_code": "main",
                "legal_entity_code": "E",
                "currency": "USD",
                "total_minor": 500,
                "line_count": len(lines),
            }
        ],
    )
    warehouse.insert("ledger.journal_lines", lines)
    warehouse.insert(
        "ledger.deltas",
        [
            _delta("k1", 1, "1200", first_delta),
            _delta("k2", 2, "4000", -500),
        ],
    )
    return warehouse


def _line(number: int, side: str, amount: int) -> dict[str, Any]:
    return {
        "document_key": "RSLA",
        "line_number": number,
        "account_code": {"debit": "1200", "credit": "4000"}[side],
        "dimension_product": "",
        "side": side,
        "amount_minor": amount,
        "functional_amount_minor": amount,
        "batch_number": 1,
    }


def _delta(key: str, number: int, account: str, amount: int) -> dict[str, Any]:
    return {
        "batch_number": 1,
        "document_key": "RSLA",
        "line_number": number,
        "subledger_line_key": key,
        "account_code": account,
        "dimension_product": "",
        "amount_minor": amount,
        "functional_amount_minor": amount,
    }


def test_terms_agreed_on_the_day_of_the_run_are_in_the_waterfall(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    company_with_books(warehouse)
    # The run is of 1 July, noon: the cut-off date is the day before the contract was agreed.
    agreed = subscription(
        "K", [fixed_line("K-1", "1", "365")], at="2026-07-01 09:00:00",
        term_start="2026-08-01", term_end="2027-07-31",
    )  # fmt: skip
    warehouse.insert("raw.events", [agreed])
    warehouse.build("+revenue_waterfall +remaining_obligations")
    assert warehouse.rows(
        "select as_of_period, sum(scheduled_minor)::bigint from revenue.revenue_waterfall"
        " group by as_of_period"
    ) == [("2026-06", 36500)]
