"""The demo company from landing to proof: every labelled fault is found, and nothing else is.

The recipes of `docs/accounting/recipes.md` are checked here against what is booked.
"""

import pytest

from tests.demo_run import DemoRun, contracts_of

pytestmark = pytest.mark.slow


def test_every_labelled_fault_is_an_exception_under_its_code_and_nothing_else_is(
    demo: DemoRun,
) -> None:
    for found in demo.found:
        assert found.found == found.labelled

    assert [found.recall for found in demo.found] == ["16 of 16", "19 of 19"]


def test_nothing_is_held_but_what_a_labelled_fault_names(demo: DemoRun) -> None:
    for found in demo.found:
        assert found.held_contracts <= contracts_of(found.labelled)
        assert len(found.held_contracts) > 5


def test_faults_that_heal_by_themselves_are_open_until_then(demo: DemoRun) -> None:
    healing = {
        (row["code"], row["exception"]) for row in demo.labels() if row["heals"] == "2026-03-10"
    }

    assert {code for code, _ in healing} == {"CONTRACT_MISSING", "CONTRACT_LINE_MISMATCH"}
    assert healing <= demo.found[0].found
    assert not healing & demo.found[1].found


def test_duplicates_are_counted_and_have_no_effect(demo: DemoRun) -> None:
    by_path = {
        file.landed_path: file.duplicate
        for result in (demo.first, demo.second)
        for file in result.ingested.files
    }
    labels = demo.labels("DUPLICATE")
    rows = [label for label in labels if label["fault"] == "duplicate row"]
    (event,) = [label for label in labels if label["fault"] == "duplicate event"]
    (file,) = [label for label in labels if label["fault"] == "duplicate file"]
    first_delivery = file["where"].replace("2026-03-10", "2026-03-01").replace("resent-", "")

    assert by_path[rows[0]["where"]] == len(rows)
    assert by_path[event["where"]] == 1
    assert by_path[file["where"]] == next(
        landed.landed
        for landed in demo.first.ingested.files
        if landed.landed_path == first_delivery
    )


@pytest.mark.parametrize(
    ("line", "invoice"),
    [
        pytest.param("CT-1001-2", "INV-1001-04", id="came late"),
        pytest.param("CT-1005-2", "INV-1005-05", id="superseded late"),
    ],
)
def test_late_usage_is_posted_in_the_first_open_period_and_keeps_its_origin(
    demo: DemoRun, line: str, invoice: str
) -> None:
    rows = demo.ask(
        f"""
        select account_role, origin_period, accounting_period, amount_minor
        from ledger.deltas
        where batch_number = 2 and contract_line_id = '{line}' and origin_period = '2026-01'
            and entry_type = 'usage_accrual'
        order by account_role
        """
    )
    (billed,) = demo.ask(
        f"""
        select sum(net_minor) as minor from staging.stg_events__invoice_lines
        where invoice_id = '{invoice}' and contract_line_id = '{line}'
            and service_start_date = date '2026-01-01'
        """
    )

    assert [(row["account_role"], row["origin_period"]) for row in rows] == [
        ("revenue", "2026-01"),
        ("unbilled_receivable", "2026-01"),
    ]
    assert {row["accounting_period"] for row in rows} == {"2026-02"}
    assert [row["amount_minor"] for row in rows] == [-billed["minor"], billed["minor"]]


def test_late_and_corrected_usage_are_the_only_changes_of_the_closed_january(
    demo: DemoRun,
) -> None:
    rows = demo.ask(
        """
        select distinct contract_line_id from ledger.deltas
        where batch_number = 2 and origin_period <= '2026-01' and entry_type = 'usage_accrual'
        order by all
        """
    )

    assert [row["contract_line_id"] for row in rows] == ["CT-1001-2", "CT-1005-2"]


def test_corrected_usage_counts_as_its_correction_says(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        select
            split_part(usage_charge_id_before, '|', 2) as line, correction, status,
            usage_charge_id_after is not distinct from usage_charge_id_before as stays,
            case
                when quantity_before = 10 * quantity_after then 'too large'
                when quantity_before = quantity_after::bigint // 10 then 'too small'
            end as wrong
        from usage.usage_corrections order by line nulls last
        """
    )

    assert [tuple(row.values()) for row in rows] == [
        ("CT-1005-2", "superseded", "applied", True, "too small"),
        ("CT-1006-2", "superseded", "applied", True, "too large"),
        ("CT-2004-1", "cancelled", "applied", False, None),
        (None, "cancelled", "waiting", True, None),
    ]


def test_usage_waits_for_its_contract_and_is_released_by_itself(demo: DemoRun) -> None:
    (charged,) = demo.ask(
        "select sum(charge_minor) as minor from usage.usage_charges "
        "where contract_id = 'CT-2007' and accounting_period = '2026-02'"
    )
    (held,) = demo.ask("select count(*) as rows from usage.held_usage where subject like '%glet%'")

    assert held == {"rows": 0}
    assert charged["minor"] > 0


def test_everything_ties_out(demo: DemoRun) -> None:
    rows = demo.ask("select tie_out_key, is_tied, break_count from reconciliation.tie_out_summary")

    assert len(rows) > 10
    assert [row for row in rows if not row["is_tied"] or row["break_count"]] == []


def test_usage_charges_are_what_billing_invoiced(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        with charged as (
            select contract_line_id, service_start_date, sum(charge_minor) as minor
            from usage.usage_charges where is_complete group by all
        ),
        invoiced as (
            select contract_line_id, service_start_date, sum(net_minor) as minor
            from staging.stg_events__invoice_lines where line_kind = 'usage' group by all
        )
        select * from charged full join invoiced using (contract_line_id, service_start_date)
        where coalesce(charged.minor, 0) <> coalesce(invoiced.minor, 0)
        """
    )

    assert rows == []


def test_every_document_is_posted_once(demo: DemoRun) -> None:
    rows = demo.ask("select state, count(*) as documents from exports.outbox_documents group by 1")
    (found,) = demo.ask(
        "select count(distinct document_key) as keys, count(distinct erp_document_id) as documents "
        "from exports.erp_documents"
    )
    sealed = demo.first.sealed.document_count + demo.second.sealed.document_count

    assert rows == [{"state": "posted", "documents": sealed}]
    assert found == {"keys": sealed, "documents": sealed}


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        (
            "document_id = 'INV-1001-01'",
            {
                ("billing", "accounts_receivable"): 3_600_000,
                ("billing", "deferred_revenue"): -3_600_000,
                ("tax", "accounts_receivable"): 319_500,
                ("tax", "tax_payable"): -319_500,
            },
        ),
        (
            "contract_line_id = 'CT-1001-1' and entry_type = 'recognition' "
            "and origin_period = '2026-01'",
            {
                ("recognition", "deferred_revenue"): 305_753,
                ("recognition", "revenue"): -305_753,
            },
        ),
        (
            "document_id = 'INV-1002-02'",
            {
                ("billing", "accounts_receivable"): 2_071_233,
                ("billing", "deferred_revenue"): -2_071_233,
            },
        ),
        (
            "contract_line_id = 'CT-1009-1' and origin_period = '2026-01' "
            "and entry_type = 'recognition'",
            {
                ("recognition", "unbilled_receivable"): 114_658,
                ("recognition", "revenue"): -114_658,
            },
        ),
        (
            "document_id = 'INV-1009-01'",
            {
                ("billing", "accounts_receivable"): 112_500,
                ("billing", "unbilled_receivable"): -112_500,
            },
        ),
        (
            "document_id = 'CM-1007-A'",
            {
                ("credit", "accounts_receivable"): -139_500,
                ("credit", "deferred_revenue"): 139_500,
                ("tax", "accounts_receivable"): -12_381,
                ("tax", "tax_payable"): 12_381,
                ("recognition", "revenue"): 25_989,  # 68 days to 9 March
                ("recognition", "deferred_revenue"): -25_989,
            },
        ),
        (
            "document_id = 'CM-1008-1'",
            {
                ("credit", "accounts_receivable"): -776_712,
                ("credit", "deferred_revenue"): 776_712,
                ("tax", "accounts_receivable"): -64_079,
                ("tax", "tax_payable"): 64_079,
            },
        ),
        (
            "contract_line_id = 'CT-2006-1' and entry_type = 'recognition' "
            "and origin_period = '2026-03'",
            {
                ("recognition", "deferred_revenue"): 46_989,
                ("recognition", "revenue"): -46_989,
            },
        ),
        (
            "document_id = 'PAY-1010-01'",
            {
                ("payment", "cash"): 3_617_876,
                ("payment", "accounts_receivable"): -3_592_876,
                ("payment", "customer_credit"): -25_000,
            },
        ),
    ],
)
def test_the_books_hold_what_the_recipes_say(
    demo: DemoRun, where: str, lines: dict[tuple[str, str], int]
) -> None:
    rows = demo.ask(
        "select entry_type, account_role, cast(sum(amount_minor) as bigint) as minor "
        f"from journals.subledger_lines where {where} group by all"
    )

    assert {(row["entry_type"], row["account_role"]): row["minor"] for row in rows} == lines


def test_the_two_obligations_share_their_price_as_the_recipe_says(demo: DemoRun) -> None:
    rows = demo.ask(
        "select contract_line_id, allocated_price_minor as minor "
        "from revenue.performance_obligations where contract_id = 'CT-1010' order by 1"
    )

    assert [row["minor"] for row in rows] == [2_801_887, 498_113]


def test_sterling_is_booked_at_the_rates_of_the_recipe(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        select coalesce(document_id, entry_type) as source, account_role,
            functional_amount_minor as minor
        from journals.subledger_lines
        where contract_id = 'CT-1006' and origin_period = '2026-01'
            and entry_type <> 'usage_accrual' and account_role <> 'accounts_receivable'
        order by all
        """
    )

    assert {(row["source"], row["account_role"]): row["minor"] for row in rows} == {
        ("INV-1006-01", "deferred_revenue"): -682_500,
        ("PAY-1006-01", "cash"): 679_120,
        ("PAY-1006-01", "fx_gain_loss"): 3_380,
        ("recognition", "deferred_revenue"): 231_863,
        ("recognition", "revenue"): -231_863,
    }


def test_contracts_that_are_over_have_nothing_left(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        select contract_id, deferred_revenue_minor, unbilled_receivable_minor
        from revenue.contract_balances
        where contract_id in ('CT-1008', 'CT-1012', 'CT-2006') and accounting_period = '2026-03'
        order by contract_id
        """
    )

    assert [(row["deferred_revenue_minor"], row["unbilled_receivable_minor"]) for row in rows] == [
        (0, 0)
    ] * 3


def test_every_hop_is_found_from_the_deal_to_the_schedule(demo: DemoRun) -> None:
    rows = demo.ask(
        """
        select hop, is_found, first_key from lineage.traces
        where contract_version_id = 'CT-1001-v1' order by hop_number
        """
    )

    assert [row["hop"] for row in rows if row["is_found"]] == [
        "opportunity",
        "quote",
        "subscription_event",
        "invoice",
        "erp_document",
        "payment",
        "revenue_schedule",
    ]
    assert {row["hop"]: row["first_key"] for row in rows}.items() >= {
        ("opportunity", "OPP-1001"),
        ("quote", "Q-1001-1"),
        ("invoice", "INV-1001-01"),
    }


def test_only_an_invoice_that_nobody_paid_and_a_refused_one_leave_hops_missing(
    demo: DemoRun,
) -> None:
    rows = demo.ask(
        """
        select distinct hop from lineage.traces
        where not is_found and contract_id in ('CT-1007', 'CT-2008') order by hop
        """
    )

    assert [row["hop"] for row in rows] == ["erp_document", "payment"]
