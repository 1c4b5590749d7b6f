"""Usage matched to contract versions and rated into charges.

Belongs here: what the models of usage/ and the price plans make of usage events.
Does not: contracts on their own, revenue.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.dbt.given import (
    amendment,
    cancellation,
    company,
    legal_entity,
    price,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import Row, Warehouse

SELECT = "+usage_charges +usage_charge_tiers +held_usage"

# Contract, price plan and the usage of January, by what it shows.
PLANS: dict[str, tuple[dict[str, Any], str]] = {
    "PER_UNIT": (price("PER_UNIT", "per_unit", [("", "0.0015", "")]), "1003"),
    "OVERAGE": (
        price("OVERAGE", "per_unit", [("", "0.5", "")], included_quantity="100"),
        "100.5",
    ),
    "INCLUDED": (price("INCLUDED", "per_unit", [("", "0.5", "9")], included_quantity="7"), "7"),
    "GRADUATED_AT": (price("GRADUATED_AT", "graduated", [("10", "2", "0"), ("", "1", "5")]), "10"),
    "GRADUATED_ABOVE": (
        price("GRADUATED_ABOVE", "graduated", [("10", "2", "0"), ("20", "1", "5"), ("", "0", "0")]),
        "10.000001",
    ),
    "VOLUME_AT": (price("VOLUME_AT", "volume", [("10", "2", "0"), ("", "1", "0")]), "10"),
    "VOLUME_ABOVE": (price("VOLUME_ABOVE", "volume", [("10", "2", "0"), ("", "1", "3")]), "11"),
    "PACKAGE": (price("PACKAGE", "package", [("", "7", "")], package_size="100"), "201"),
    "UNCOVERED": (price("UNCOVERED", "graduated", [("10", "2", "0")]), "11"),
    "EUROS": (price("EUROS", "per_unit", [("", "1", "")], currency="EUR"), "5"),
    "TOO_LATE": (price("TOO_LATE", "per_unit", [("", "1", "")], valid_from="2026-01-02"), "5"),
    "TINY": (price("TINY", "per_unit", [("", "0.000000000001", "")]), "4999999999.999999"),
}

EXPECTED = {
    "PER_UNIT": (Decimal("1.5045"), 150),
    "OVERAGE": (Decimal("0.25"), 25),
    "INCLUDED": (Decimal(0), 0),
    "GRADUATED_AT": (Decimal(20), 2000),
    "GRADUATED_ABOVE": (Decimal("25.000001"), 2500),
    "VOLUME_AT": (Decimal(20), 2000),
    "VOLUME_ABOVE": (Decimal(14), 1400),
    "PACKAGE": (Decimal(21), 2100),
    "UNCOVERED": (None, None),
    "EUROS": (None, None),
    "TOO_LATE": (None, None),
    # 0.004999999999999999: to 12 decimals it reads 0.005, but no cent is due.
    "TINY": (Decimal("0.005"), 0),
}


def _insert(warehouse: Warehouse, tables: dict[str, list[Row]]) -> None:
    for table, rows in tables.items():
        warehouse.insert(table, rows)


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract per price plan, each with its usage of January 2026."""
    warehouse = Warehouse(tmp_path_factory.mktemp("plans"))
    company(warehouse)
    for plan, (rows, quantity) in PLANS.items():
        _insert(warehouse, rows)
        warehouse.insert("raw.events", [subscription(plan, [usage_line(plan, plan, plan)])])
        warehouse.insert(
            "raw.usage", [usage(plan, "2026-01-10 00:00:00", quantity, meter_code=plan)]
        )
    warehouse.build(SELECT, unit_tests=True)
    return warehouse


@pytest.mark.parametrize("plan", PLANS)
def test_a_price_plan_rates_the_edge_of_its_tiers(rated: Warehouse, plan: str) -> None:
    amount, minor = EXPECTED[plan]
    assert rated.rows(f"""
        select charge_amount, charge_minor, price_found from usage.usage_charges
        where contract_line_id = '{plan}' and accounting_period = '2026-01'
    """) == [(amount, minor, amount is not None)]


def test_tiers_show_the_arithmetic_of_their_charge(rated: Warehouse) -> None:
    assert rated.rows("""
        select tier_number, quantity, unit_price, flat_amount, amount
        from usage.usage_charge_tiers where usage_charge_id like '%|GRADUATED_ABOVE|%' order by 1
    """) == [
        (1, Decimal(10), Decimal(2), Decimal(0), Decimal(20)),
        (2, Decimal("0.000001"), Decimal(1), Decimal(5), Decimal("5.000001")),
    ]


def test_a_charge_without_price_has_no_tiers_and_no_version_of_another(rated: Warehouse) -> None:
    assert rated.rows("""
        select charges.price_id, charges.price_version from usage.usage_charges as charges
        left join usage.usage_charge_tiers using (usage_charge_id)
        where not price_found and tier_number is null and event_count > 0 order by 1
    """) == [("EUROS", None), ("TOO_LATE", None), ("UNCOVERED", "aaaaaaaaaaaa:UNCOVERED")]


def _world(folder: Path, events: list[Row], rows: list[Row], **entity: str) -> Warehouse:
    warehouse = Warehouse(folder)
    company(warehouse, legal_entity(**entity))
    _insert(warehouse, price("P1", "per_unit", [("", "0.335", "")]))
    warehouse.insert("raw.events", events)
    warehouse.insert("raw.usage", rows)
    warehouse.build(SELECT)
    return warehouse


@pytest.mark.parametrize(
    ("zone", "day", "last_instant", "first_instant"),
    [
        ("America/New_York", "2026-02-15", "2026-02-15 04:59:59.999999", "2026-02-15 05:00:00"),
        # The clocks went forward in the night before, and back.
        ("America/New_York", "2026-03-09", "2026-03-09 03:59:59.999999", "2026-03-09 04:00:00"),
        ("Europe/Berlin", "2026-10-26", "2026-10-25 22:59:59.999999", "2026-10-25 23:00:00"),
        # East of Greenwich by a quarter of an hour that no whole hour fits.
        ("Asia/Kathmandu", "2026-02-15", "2026-02-14 18:14:59.999999", "2026-02-14 18:15:00"),
    ],
)
def test_a_version_begins_exactly_at_midnight_of_the_entity(
    tmp_path: Path, zone: str, day: str, last_instant: str, first_instant: str
) -> None:
    warehouse = _world(
        tmp_path,
        [
            amendment("K", "A", day, [usage_line("K-1")]),
            subscription("K", [usage_line("K-1")]),
        ],
        [usage("before", last_instant, "1"), usage("after", first_instant, "2")],
        zone=zone,
    )
    first = date.fromisoformat(day)
    assert warehouse.rows("""
        select contract_version_id, usage_date, quantity from usage.daily_usage order by 1
    """) == [
        ("K-v1", date.fromordinal(first.toordinal() - 1), Decimal(1)),
        ("K-v2", first, Decimal(2)),
    ]


def test_each_version_of_a_month_is_rated_by_itself(tmp_path: Path) -> None:
    warehouse = _world(
        tmp_path,
        [
            subscription("K", [usage_line("K-1")]),
            amendment("K", "A", "2026-02-15", [usage_line("K-1")]),
        ],
        [usage("u1", "2026-02-01 12:00:00", "1"), usage("u2", "2026-02-20 12:00:00", "1")],
    )
    assert warehouse.rows("""
        select usage_charge_id, service_start_date, service_end_date, charge_minor
        from usage.usage_charges order by 1
    """) == [
        ("K|K-1|1|2026-02", date(2026, 2, 1), date(2026, 2, 14), 34),
        ("K|K-1|2|2026-02", date(2026, 2, 15), date(2026, 2, 28), 34),
    ]


def test_only_usage_up_to_the_cutoff_is_charged(tmp_path: Path) -> None:
    warehouse = _world(
        tmp_path,
        [subscription("K", [usage_line("K-1")], term_start="2026-06-01")],
        # As of 1 July 12:00 UTC, 30 June is the last day that is over in New York.
        [usage("u1", "2026-07-01 03:59:59", "10"), usage("u2", "2026-07-01 04:00:00", "100")],
    )
    assert warehouse.rows("""
        select accounting_period, quantity, through_date, is_complete from usage.usage_charges
    """) == [("2026-06", Decimal(10), date(2026, 6, 30), True)]
    assert warehouse.rows("select sum(quantity) from usage.daily_usage") == [(Decimal(110),)]


def test_usage_without_one_contract_line_is_held_and_says_why(tmp_path: Path) -> None:
    warehouse = _world(
        tmp_path,
        [
            subscription("ONE", [usage_line("ONE-1", meter="calls")]),
            subscription("TWO", [usage_line("TWO-1", meter="calls")], term_start="2026-03-01"),
            subscription("END", [usage_line("END-1", meter="bytes")]),
            cancellation("END", "2026-02-01", "immediate_credit", "2026-01-31"),
        ],
        [
            usage("fine", "2026-02-10 00:00:00"),
            usage("ambiguous", "2026-03-10 00:00:00", "2"),
            usage("unknown", "2026-02-10 00:00:00", "3", subject="m-9"),
            usage("unsold", "2026-02-10 00:00:00", "4", meter_code="other"),
            usage("ended", "2026-02-10 00:00:00", "5", meter_code="bytes"),
        ],
    )
    assert warehouse.rows("""
        select hold_code, subject, meter_code, usage_day, customer_id, quantity, event_count
        from usage.held_usage order by quantity
    """) == [
        ("CONTRACT_AMBIGUOUS", "m-1", "calls", date(2026, 3, 10), "C1", Decimal(2), 1),
        ("CUSTOMER_UNKNOWN", "m-9", "calls", date(2026, 2, 10), None, Decimal(3), 1),
        ("CONTRACT_MISSING", "m-1", "other", date(2026, 2, 10), "C1", Decimal(4), 1),
        ("CONTRACT_MISSING", "m-1", "bytes", date(2026, 2, 10), "C1", Decimal(5), 1),
    ]


def test_held_usage_is_released_when_its_contract_comes(tmp_path: Path) -> None:
    warehouse = _world(tmp_path, [], [usage("u1", "2026-02-10 00:00:00", "4")])
    assert warehouse.rows("select hold_code from usage.held_usage") == [("CONTRACT_MISSING",)]
    warehouse.insert("raw.events", [subscription("K", [usage_line("K-1")])])
    warehouse.build(SELECT)
    assert warehouse.rows("select count(*) from usage.held_usage") == [(0,)]
    assert warehouse.rows("select charge_minor from usage.usage_charges") == [(134,)]


def test_a_new_price_holds_from_its_first_day(tmp_path: Path) -> None:
    warehouse = _world(
        tmp_path,
        [subscription("K", [usage_line("K-1", "P2")])],
        [usage("u1", "2026-01-10 00:00:00", "1"), usage("u2", "2026-02-10 00:00:00", "1")],
    )
    for first_day, amount in (("2025-01-01", "1"), ("2026-02-01", "3")):
        _insert(warehouse, price("P2", "per_unit", [("", amount, "")], valid_from=first_day))
    warehouse.build(SELECT)
    assert warehouse.rows("""
        select accounting_period, charge_minor from usage.usage_charges order by 1
    """) == [("2026-01", 100), ("2026-02", 300)]
