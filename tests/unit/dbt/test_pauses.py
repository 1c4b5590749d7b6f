"""Pauses of contracts: the service clock stands still, and what it moves.

Belongs here: suspensions, their effect on terms, prices, schedules, usage and dispositions.
Does not: other changes of contracts (test_contract_models), the journals of a pause (scenarios).
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.books_given import company_with_books
from tests.unit.dbt.given import (
    amendment,
    cancellation,
    fixed_line,
    pause,
    price,
    resume,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import Row, Warehouse


def _yearly(contract_id: str, amount: str = "1000") -> list[dict[str, Any]]:
    return [fixed_line(f"{contract_id}-1", "1", amount)]


def _events() -> list[Row]:
    return [
        # Twice suspended, 10 and 7 days; told in the opposite order.
        resume("TWICE", "B", "2026-05-08"),
        pause("TWICE", "B", "2026-05-01"),
        resume("TWICE", "A", "2026-02-11"),
        pause("TWICE", "A", "2026-02-01"),
        subscription("TWICE", _yearly("TWICE")),
        # The second pause begins in the days that the first one added at the end.
        subscription("TAIL", _yearly("TAIL"), term_end="2026-01-31"),
        pause("TAIL", "A", "2026-01-11"), resume("TAIL", "A", "2026-01-21"),
        pause("TAIL", "B", "2026-02-06"), resume("TAIL", "B", "2026-02-08"),
        # Suspended and never resumed: June is over, service is not given.
        subscription("OPEN", _yearly("OPEN")),
        pause("OPEN", "A", "2026-06-01"),
        # Upgraded in the middle of a suspension, announced before it was over.
        subscription("UPGRADE", _yearly("UPGRADE", "3650")),
        pause("UPGRADE", "A", "2026-03-01"), resume("UPGRADE", "A", "2026-03-31"),
        amendment(
            "UPGRADE", "U", "2026-03-16", _yearly("UPGRADE", "7300"), at="2026-03-16 00:00:00"
        ),
        # Suspended, then cancelled.
        subscription("ENDED", _yearly("ENDED")),
        pause("ENDED", "A", "2026-02-01"), resume("ENDED", "A", "2026-03-01"),
        cancellation("ENDED", "2026-05-01", "immediate_credit", "2026-04-30"),
        # Resumed from a pause nobody announced; and paused by a system nobody asked.
        subscription("LONE", _yearly("LONE")),
        resume("LONE", "A", "2026-03-01"),
        # Only billing pauses.
        subscription("GOES-ON", [*_yearly("GOES-ON"), usage_line("GOES-ON-2", meter="mails")]),
        pause("GOES-ON", "A", "2026-03-01", mode="continue"),
        # Metered service is suspended in New York's March.
        subscription("METERED", [*_yearly("METERED"), usage_line("METERED-2")]),
        pause("METERED", "A", "2026-03-01"), resume("METERED", "A", "2026-04-01"),
        resume("NOBODY", "A", "2026-04-01"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("pauses"))
    company_with_books(warehouse)
    warehouse.insert("raw.events", _events())
    for table, rows in price("P1", "per_unit", [("", "1", "")]).items():
        warehouse.insert(table, rows)
    warehouse.insert(
        "raw.usage",
        [
            usage("before", "2026-03-01 04:59:59"),
            usage("first", "2026-03-01 05:00:00", "3"),
            usage("last", "2026-04-01 03:59:59", "5"),
            usage("after", "2026-04-01 04:00:00", "7"),
            usage("mail", "2026-03-15 12:00:00", "11", meter_code="mails"),
        ],
    )
    warehouse.build(
        "+event_dispositions +contract_modifications +revenue_schedule_lines +control_results"
        " +usage_event_charges +remaining_obligations +revenue_waterfall",
        unit_tests=True,
    )
    return warehouse


def _months(built: Warehouse, contract: str) -> dict[str, int]:
    return dict(
        built.rows(f"""
            select accounting_period, scheduled_minor from revenue.revenue_schedule_lines
            where contract_id = '{contract}' order by 1
        """)
    )


def _ends(built: Warehouse, contract: str) -> list[date]:
    return [
        end
        for (end,) in built.rows(f"""
            select term_end_date from contracts.contract_versions
            where contract_id = '{contract}' order by version_number
        """)
    ]


def _dispositions(built: Warehouse) -> dict[str, str]:
    return dict(
        built.rows("""
            select event_id, disposition || ':' || reason_code
            from reconciliation.event_dispositions
            where event_type in ('subscription.paused', 'subscription.resumed')
        """)
    )


def test_each_suspension_moves_the_end_and_no_cent_is_lost(built: Warehouse) -> None:
    months = _months(built, "TWICE")
    assert _ends(built, "TWICE") == [date(2027, 1, 17)]
    # 1,000.00 over 365 days of service: 31 days are 84.93, 49 are 134.25, 80 are 219.18.
    assert [months[f"2026-0{month}"] for month in (1, 2, 3)] == [8493, 4932, 8493]
    # 110 days by the end of April, 134 by the end of May.
    assert months["2026-05"] == 36712 - 30137
    # 348 days by the end of December; 17 are left.
    assert months["2027-01"] == 100000 - 95342
    assert sum(months.values()) == 1000_00


def test_a_pause_may_begin_in_the_days_another_one_added(built: Warehouse) -> None:
    assert _ends(built, "TAIL") == [date(2026, 2, 12)]
    # 1,000.00 a year is 83.33 for a month; 21 of its 31 days are served in January.
    assert _months(built, "TAIL") == {"2026-01": 5645, "2026-02": 8333 - 5645}


def test_a_pause_without_an_end_earns_nothing_through_the_cut_off(built: Warehouse) -> None:
    # As of 1 July the 30 days of June are suspended and the term has moved by as many.
    assert _ends(built, "OPEN") == [date(2027, 1, 30)]
    assert _months(built, "OPEN")["2026-06"] == 0
    assert sum(_months(built, "OPEN").values()) == 1000_00


def test_an_upgrade_during_a_suspension_is_priced_for_the_days_served(built: Warehouse) -> None:
    assert _ends(built, "UPGRADE") == [date(2027, 1, 30), date(2027, 1, 30)]
    # 59 of 365 days at 10.00 were served; 306 are left, at 20.00.
    assert built.rows("""
        select contract_version_id, term_price_minor, version_price_minor
        from contracts.contract_version_lines where contract_id = 'UPGRADE' order by 1
    """) == [("UPGRADE-v1", 3650_00, 3650_00), ("UPGRADE-v2", 7300_00, 6120_00)]
    assert built.rows("""
        select amendment_type, modification_treatment, price_delta_minor
        from contracts.contract_modifications where contract_id = 'UPGRADE' order by 1
    """) == [
        ("pause", "schedule_shift", 0),
        ("resume", "schedule_shift", 0),
        ("upgrade", "prospective", 6120_00 - 3060_00),
    ]
    assert built.rows("""
        select sum(recognized_minor)::bigint from revenue.revenue_schedule_lines
        where contract_id = 'UPGRADE' and contract_version_id = 'UPGRADE-v1'
    """) == [(590_00,)]


def test_a_contract_that_ends_owes_the_days_it_did_not_serve(built: Warehouse) -> None:
    # 31 days of January, none of February, 61 of March and April.
    assert built.rows("""
        select total_days, last_service_date, transferred_minor
        from revenue.performance_obligations where contract_id = 'ENDED'
    """) == [(365, date(2026, 4, 30), 100000 - 25205)]


def test_use_while_service_is_suspended_is_held(built: Warehouse) -> None:
    assert built.rows("""
        select hold_code, sum(quantity) from usage.held_usage group by all
    """) == [("USAGE_DURING_PAUSE", Decimal(8))]
    assert built.rows("""
        select contract_id, sum(quantity) from usage.daily_usage group by all order by 1
    """) == [("GOES-ON", Decimal(11)), ("METERED", Decimal(8))]
    assert built.rows("""
        select event_id from lineage.usage_event_charges where usage_charge_id is null order by 1
    """) == [("first",), ("last",)]


def test_a_pause_books_nothing_and_says_why(built: Warehouse) -> None:
    dispositions = _dispositions(built)
    assert dispositions["paused-TWICE-A"] == "no_financial_effect:SCHEDULE_SHIFTED"
    assert dispositions["resumed-TWICE-A"] == "no_financial_effect:SCHEDULE_SHIFTED"
    assert dispositions["paused-GOES-ON-A"] == "no_financial_effect:SERVICE_CONTINUES"
    assert dispositions["resumed-NOBODY-A"] == "held:CONTRACT_MISSING"


def test_a_resume_without_its_pause_holds_the_contract(built: Warehouse) -> None:
    assert _dispositions(built)["resumed-LONE-A"] == "held:PAUSE_MISSING"
    assert built.rows("""
        select subject_key, sentence from controls.control_results
        where exception_code = 'PAUSE_MISSING'
    """) == [
        (
            "LONE",
            "Contract LONE over 1,000.00 USD: service resumed from pause A on 2026-03-01, and "
            "nobody announced that pause.",
        )
    ]
