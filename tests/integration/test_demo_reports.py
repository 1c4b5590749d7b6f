"""What finance reads about the demo company, against what its contract book says.

Belongs here: metrics, leakage, service levels and totals at every grain.
Does not: what is booked, held or posted (test_demo_run).
"""

import pytest

from tests.demo_run import DemoRun

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "grain",
    [
        "legal_entity_code",
        "legal_entity_code, transaction_currency",
        "legal_entity_code, origin_period",
        "customer_id",
        "contract_id",
        "customer_id, contract_id, transaction_currency, origin_period",
    ],
)
def test_the_books_balance_at_every_grain(demo: DemoRun, grain: str) -> None:
    rows = demo.ask(
        f"""
        select {grain}, sum(amount_minor) as minor, sum(functional_amount_minor) as functional
        from journals.subledger_lines group by all
        """
    )

    assert len(rows) >= 3
    assert [row for row in rows if row["minor"] or row["functional"]] == []


def test_what_customers_owe_is_their_open_invoices(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        with booked as (
            select customer_id, transaction_currency as currency, sum(amount_minor) as minor
            from journals.subledger_lines where account_role = 'accounts_receivable' group by all
        ),
        open as (
            select customer_id, currency, sum(open_minor) as minor
            from contracts.payment_statuses group by all
        )
        select coalesce(booked.customer_id, open.customer_id) as customer_id,
            booked.minor as booked, open.minor as open
        from booked full join open
            on booked.customer_id is not distinct from open.customer_id
            and booked.currency = open.currency
        """
    )

    assert len(rows) > 30
    # The customer's one invoice says 10.00 more than its lines: one of the labelled faults.
    assert [row for row in rows if (row["booked"] or 0) != (row["open"] or 0)] == [
        {"customer_id": "C-2008", "booked": 746_130, "open": 747_130}
    ]


def test_recurring_revenue_names_the_amendments_that_moved_it(demo: DemoRun) -> None:
    movements = demo.ask(
        """
        select movement_type, movement_minor, amendment_ids, correlation_id
        from metrics.revenue_movements
        where contract_id = 'CT-1002' and accounting_period = '2026-02' order by movement_type
        """
    )
    (metric,) = demo.ask(
        """
        select amendment_ids from metrics.revenue_metrics
        where legal_entity_code = 'NW-US' and currency = 'USD' and accounting_period = '2026-02'
        """
    )

    assert [tuple(row.values()) for row in movements] == [
        ("expansion", 600_000, "AM-1002-A", "ORD-1002"),  # 300 seats x 240 / 12
        ("price", 800_000, "AM-1002-A", "ORD-1002"),  # 800 seats x 120 / 12
    ]
    assert metric == {"amendment_ids": "AM-1001-A,AM-1002-A,AM-1003-A,AM-1017-A"}


def test_what_may_leak_is_reported_with_its_amount(demo: DemoRun) -> None:
    rows = demo.ask(
        "select leakage_type, subject_key, amount_minor from reconciliation.revenue_leakage"
    )
    amounts = {(row["leakage_type"], row["subject_key"]): row["amount_minor"] for row in rows}

    assert amounts["credit_not_posted", "credit:CM-1019-A"] == -300_000
    assert amounts["document_held", "invoice:INV-3003-01"] == 1_728_000  # 2 x 27 x 320.00
    assert amounts["revenue_held", "CT-1013|USD"] == 42_575  # 4,200.00 x 37 / 365
    assert ("usage_without_contract", "metering|tenant-zephyr|api_calls|CUSTOMER_UNKNOWN") in (
        amounts
    )


def test_the_invoice_of_an_amendment_ends_its_service_level(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        select levels.started_at, levels.ended_at, invoices.received_at
        from metrics.service_levels as levels
        inner join raw.events as amendments on levels.object_key = amendments.event_key
        inner join raw.events as invoices on invoices.event_id = 'bil-INV-1002-02'
        where levels.metric_code = 'amendment_to_invoice'
            and amendments.event_id = 'crm-CT-1002-AM-1002-A'
        """
    )

    assert len(rows) == 1
    assert f"{rows[0]['started_at']:%Y-%m-%d}" == "2026-02-15"  # the day it takes effect
    assert rows[0]["ended_at"] == rows[0]["received_at"]


def test_every_posted_line_names_its_transaction(demo: DemoRun) -> None:
    (row,) = demo.ask(
        """
        select count(*) as lines, count(*) filter (correlation_id is null) as without
        from journals.journal_line_sources
        """
    )

    assert row["lines"] > 500
    assert row["without"] == 0
