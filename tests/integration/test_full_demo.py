"""The demo company at its full size: a million usage records in four arrivals, two closed periods.

Belongs here: what only volume, history and several entities can show.
Does not: single figures of the contract book (test_demo_run).
"""

import pytest

from tests.demo_run import ALL_ARRIVALS, DemoRun, contracts_of, run_demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    folder = tmp_path_factory.mktemp("full")
    return run_demo(folder / "company", folder / "home", scale=1, arrivals=ALL_ARRIVALS)


def test_every_labelled_fault_is_found_and_nothing_else(full: DemoRun) -> None:
    """Recall and precision are one after each arrival."""
    for found in full.found:
        assert found.found == found.labelled
        assert found.held_contracts <= contracts_of(found.labelled)

    last = full.found[-1]
    assert (last.recall, last.precision) == ("20 of 20", "20 of 20")


def test_everything_ties_out(full: DemoRun) -> None:
    rows = full.ask("select tie_out_key, is_tied, break_count from reconciliation.tie_out_summary")

    assert len(rows) > 20
    assert [row for row in rows if not row["is_tied"] or row["break_count"]] == []


def test_every_record_is_accounted_for(full: DemoRun) -> None:
    files = [file for run in full.runs for file in run.ingested.files]
    (charged,) = full.ask("select count(*) as rows from usage.daily_usage")

    assert sum(file.landed for file in files) > 1_000_000
    assert all(f.landed == f.accepted + f.duplicate + f.quarantined for f in files)
    assert charged["rows"] > 20_000


def test_charges_are_what_billing_invoiced_in_every_currency(full: DemoRun) -> None:
    rows = full.ask(
        """
        with charged as (
            select currency, contract_line_id, service_start_date, sum(charge_minor) as minor
            from usage.usage_charges where is_complete group by all
        ),
        invoiced as (
            select contract_line_id, service_start_date, sum(net_minor) as minor
            from staging.stg_events__invoice_lines where line_kind = 'usage' group by all
        )
        select currency, count(*) as charges,
            count(*) filter (charged.minor is distinct from invoiced.minor) as differ
        from charged left join invoiced using (contract_line_id, service_start_date)
        where charged.minor <> 0
        group by all order by currency
        """
    )

    assert {row["currency"] for row in rows} == {"USD", "EUR", "GBP", "JPY", "KWD"}
    assert [row for row in rows if row["differ"]] == []
    assert sum(row["charges"] for row in rows) > 1_000


def test_late_usage_of_a_closed_period_is_booked_in_the_first_open_one(full: DemoRun) -> None:
    rows = full.ask(
        """
        select distinct batch_number, origin_period, accounting_period
        from ledger.deltas
        where entry_type = 'usage_accrual' and origin_period <> accounting_period
        order by all
        """
    )

    assert [tuple(row.values()) for row in rows] == [
        (2, "2025-12", "2026-01"),
        (4, "2026-01", "2026-02"),
    ]


def test_every_document_is_posted_once(full: DemoRun) -> None:
    (found,) = full.ask(
        "select count(distinct document_key) as keys, count(*) as rows, "
        "count(distinct erp_document_id) as documents from ("
        "select distinct document_key, erp_document_id from exports.erp_documents)"
    )

    assert found["keys"] == found["rows"] == found["documents"]
    assert found["keys"] == sum(run.sealed.document_count for run in full.runs)


def test_the_erp_refused_nothing(full: DemoRun) -> None:
    """Controls hold what the ERP would refuse: every document was sent once and taken."""
    rows = full.ask(
        "select attempts, error_class, count(*) as documents from exports.outbox_documents "
        "group by all"
    )

    assert [(row["attempts"], row["error_class"]) for row in rows] == [(1, None)]


def test_the_acquired_product_has_an_account_of_its_own(full: DemoRun) -> None:
    """A product line of another company is reference data and a source, no other change."""
    rows = full.ask(
        """
        select distinct account_code from journals.journal_line_sources
        where contract_id = 'CT-1024' and account_role = 'revenue'
        """
    )
    (customer,) = full.ask(
        "select customer_id from contracts.contracts where contract_id = 'CT-1024'"
    )

    assert rows == [{"account_code": "4300"}]
    assert customer == {"customer_id": "C-1004"}
