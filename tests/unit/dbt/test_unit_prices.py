"""Prices that look at units one by one: capacities of several units, and units that stay.

Belongs here: charges worked by hand, and their printed arithmetic.
Does not: prices of one quantity (test_price_models); the bare macros (tests/conformance).
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.home import Home
from orchestration.explain.books import Books
from orchestration.explain.text import lines_of
from orchestration.explain.usage import explain_charge
from tests.printed_arithmetic import read_lines
from tests.unit.dbt.given import (
    CHARGES_EXPLAINED,
    amendment,
    company,
    pause,
    price,
    resume,
    run_as_of,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import Row, Warehouse

Tables = dict[str, list[Row]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A line of May and June 2026, how it is used, and its charges by their first day.

    Attributes:
        plans: the price of the line, and the one it changes to, if it does.
        events: day, quantity and unit; days are those of New York, at 08:00.
        amended: the day on which a second version of the contract begins.
    """

    plans: list[Tables]
    meter: dict[str, str]
    events: list[tuple[str, str, str]]
    expected: dict[str, int | None]
    amended: str = ""
    term: dict[str, str] = field(
        default_factory=lambda: {"term_start": "2026-05-01", "term_end": "2026-06-30"}
    )


# 10.00 hold 4 processors and 64 of memory, 25.00 hold 8 and 128, 60.00 hold anything.
HOLDS = [("1", "cpu", "4"), ("1", "memory", "64"), ("2", "cpu", "8"), ("2", "memory", "128")]
SIZES = [("", "0", "10"), ("", "0", "25"), ("", "0", "60")]
# 10 a seat up to 5 seats and 100 once; 5 a seat up to 15 and 50 once; 2 a seat beyond.
SEATS = [("5", "10", "100"), ("15", "5", "50"), ("", "2", "0")]
PEAK = {"aggregation": "max", "group_property": "unit"}
STAYING = {"aggregation": "prorated_sum", "carried_units": "whole"}
_JUNE = "2026-06-01"


def _sizes(name: str, sizes: list[tuple[str, str, str]] = SIZES, **changes: Any) -> Tables:
    return price(name, "capacity", sizes, limits=HOLDS, **changes)


def _seats(name: str, tiers: list[tuple[str, str, str]] = SEATS, **changes: Any) -> Tables:
    return price(name, "prorated_graduated", tiers, **changes)


def _held(name: str, *events: tuple[str, str, str], minor: int, **meter: str) -> Case:
    """Return a month of June in one charge of a capacity."""
    return Case(plans=[_sizes(name)], meter=PEAK | meter, events=[*events], expected={_JUNE: minor})


def _staying(name: str, *events: tuple[str, str], **changes: Any) -> Case:
    """Return a line of seats; what is not said of it is as in SEATS."""
    expected, amended = changes.pop("expected"), changes.pop("amended", "")
    meter = STAYING | changes.pop("meter", {})
    return Case(
        plans=[_seats(name, **changes)],
        meter=meter,
        events=[(day, quantity, "") for day, quantity in events],
        expected=expected,
        amended=amended,
    )


CASES: dict[str, Case] = {
    "AT_THE_EDGE": _held(
        "AT_THE_EDGE", ("06-02", "4", "cpu"), ("06-03", "64", "memory"), minor=1000
    ),
    "ONE_ABOVE": _held("ONE_ABOVE", ("06-02", "3", "cpu"), ("06-03", "65", "memory"), minor=2500),
    "PAST_ALL": _held("PAST_ALL", ("06-02", "8.000001", "cpu"), minor=6000),
    # Nothing is said of disks, and of memory nothing was used.
    "NO_MAXIMUM": _held("NO_MAXIMUM", ("06-02", "1000", "disk"), ("06-02", "1", "cpu"), minor=1000),
    "NO_USE": _held("NO_USE", ("06-02", "0", "cpu"), minor=0),
    "LAST": _held(
        "LAST", ("06-02", "9", "cpu"), ("06-20", "5", "cpu"), minor=2500, aggregation="latest"
    ),
    "ADDED_UP": _held(
        "ADDED_UP", ("06-02", "3", "cpu"), ("06-20", "2", "cpu"), minor=2500, aggregation="sum"
    ),
    # 3 on one day and 2 on another: 5.
    "BY_DAY": _held(
        "BY_DAY", ("06-02", "3", "cpu"), ("06-20", "2", "cpu"), minor=2500, measured_by="day"
    ),
    # What came in May is still there: 10.00 for it, then 5 processors.
    "CARRIED": Case(
        plans=[_sizes("CARRIED")],
        meter=PEAK | {"aggregation": "sum", "carried_units": "whole"},
        events=[("05-20", "3", "cpu"), ("06-20", "2", "cpu")],
        expected={"2026-05-01": 1000, _JUNE: 2500},
    ),
    # 3 and 2 are 5 in the month: 25.00 x 10 / 30 and x 20 / 30.
    "IN_TWO": Case(
        plans=[_sizes("IN_TWO")],
        meter=PEAK | {"aggregation": "sum"},
        events=[("06-02", "3", "cpu"), ("06-20", "2", "cpu")],
        amended="2026-06-11",
        expected={_JUNE: 833, "2026-06-11": 1667},
    ),
    # Used on the first days alone, and paid for on all.
    "USED_AT_FIRST": Case(
        plans=[_sizes("USED_AT_FIRST")],
        meter=PEAK,
        events=[("06-02", "5", "cpu")],
        amended="2026-06-11",
        expected={_JUNE: 833, "2026-06-11": 1667},
    ),
    "USED_AT_LAST": Case(
        plans=[_sizes("USED_AT_LAST")],
        meter=PEAK,
        events=[("06-20", "5", "cpu")],
        amended="2026-06-11",
        expected={_JUNE: 833, "2026-06-11": 1667},
    ),
    # Another plan at twice the price from the 11th on: 25.00 x 10 / 30 and 50.00 x 20 / 30.
    "OTHER_PLAN": Case(
        plans=[
            _sizes("OTHER_PLAN"),
            _sizes("OTHER_PLAN-2", [("", "0", "20"), ("", "0", "50"), ("", "0", "120")]),
        ],
        meter=PEAK,
        events=[("06-20", "5", "cpu")],
        amended="2026-06-11",
        expected={_JUNE: 833, "2026-06-11": 3333},
    ),
    # The same plan costs twice as much from the 11th on, and has a charge from then on.
    "NEW_PRICE": Case(
        plans=[
            _sizes("NEW_PRICE"),
            _sizes(
                "NEW_PRICE",
                [("", "0", "20"), ("", "0", "50"), ("", "0", "120")],
                valid_from="2026-06-11",
                charge_terms={"starts_within_month": "true"},
            ),
        ],
        meter=PEAK,
        events=[("06-02", "5", "cpu")],
        expected={_JUNE: 833, "2026-06-11": 3333},
    ),
    # A month of fifteen days is a month.
    "LATE_BEGINNING": Case(
        plans=[_sizes("LATE_BEGINNING")],
        meter=PEAK,
        events=[("06-20", "5", "cpu")],
        term={"term_start": "2026-06-16", "term_end": "2026-06-30"},
        expected={"2026-06-16": 2500},
    ),
    # 25.00 less 10 %, at least 30.00 in a month that is over; 7.50 through the 10th.
    "AT_LEAST": Case(
        plans=[
            _sizes(
                "AT_LEAST",
                discounts=[("percent", "10")],
                charge_terms={"minimum_amount": "30"},
            )
        ],
        meter=PEAK,
        events=[("06-02", "5", "cpu")],
        amended="2026-06-11",
        term={"term_start": "2026-06-01", "term_end": "2026-06-30"},
        expected={_JUNE: 750, "2026-06-11": 2250},
    ),
    # Tiers are rounded up to whole dollars: 9.00 and 17.00.
    "ROUNDED_TIERS": Case(
        plans=[
            _sizes(
                "ROUNDED_TIERS",
                charge_terms={
                    "rounding_place": "tier",
                    "rounding_decimals": "0",
                    "rounding_mode": "ceiling",
                },
            )
        ],
        meter=PEAK,
        events=[("06-02", "5", "cpu")],
        amended="2026-06-11",
        expected={_JUNE: 900, "2026-06-11": 1700},
    ),
    # Seats. Tier 1: 2 x 21 + 3 x 15 - 4 x 11 = 43 days at 10; tier 2: 2 x 15 - 2 x 11 = 8 at 5.
    # 470 / 30 + 100 + 50.
    "UP_AND_DOWN": _staying(
        "UP_AND_DOWN", ("06-10", "2"), ("06-16", "5"), ("06-20", "-6"), expected={_JUNE: 16567}
    ),
    # 10 on the 25th more, 6 days: tier 1 has 67 days, tier 2 44: 890 / 30 + 150.
    "UP_AGAIN": _staying(
        "UP_AGAIN", ("06-10", "2"), ("06-16", "5"), ("06-20", "-6"), ("06-25", "10"),
        expected={_JUNE: 17967},
    ),
    # Five seats are free: 1 x 16 / 31 in May; 1 x 30 and 1 x 24 of 30 days in June.
    "CARRIED_SEATS": _staying(
        "CARRIED_SEATS", ("05-16", "6"), ("06-07", "1"),
        tiers=[("5", "0", "0"), ("", "10", "0")],
        expected={"2026-05-01": 516, _JUNE: 1800},
    ),
    # Without carrying, June begins with none: its one seat is the first, and free.
    "NOT_CARRIED": _staying(
        "NOT_CARRIED", ("05-16", "6"), ("06-07", "1"),
        tiers=[("5", "0", "0"), ("", "10", "0")],
        meter={"carried_units": "none"},
        expected={"2026-05-01": 516, _JUNE: 0},
    ),
    # (1 x 10 + 1 x 4) x 10 / 30 through the 10th, then 2 x 20 x 10 / 30: together as in one.
    "SEATS_IN_TWO": _staying(
        "SEATS_IN_TWO", ("05-16", "6"), ("06-07", "1"),
        tiers=[("5", "0", "0"), ("", "10", "0")],
        amended="2026-06-11",
        expected={"2026-05-01": 516, _JUNE: 467, "2026-06-11": 1333},
    ),
    # 3 x 10 x 10 / 30 + 100; then 3 x 20 x 10 / 30, and from the 16th on 2 more at 10 and 2 at 5:
    # 20 + 15 + 50. The 100 are paid for.
    "FLATS_ONCE": _staying(
        "FLATS_ONCE", ("06-01", "3"), ("06-16", "4"), amended="2026-06-11",
        expected={_JUNE: 11000, "2026-06-11": 8500},
    ),
    # Ten come and eight of them go on one day: two.
    "NET_OF_A_DAY": _staying(
        "NET_OF_A_DAY", ("06-16", "10"), ("06-16", "-8"), expected={_JUNE: 11000}
    ),
    # They end below none.
    "BELOW_NONE": _staying("BELOW_NONE", ("06-16", "2"), ("06-20", "-5"), expected={_JUNE: 0}),
    # What ended below none has paid no flat amount, so both are due beside
    # ((-3 x 20 + 8 x 15) x 10 + 2 x 15 x 5) / 30.
    "UP_FROM_BELOW": _staying(
        "UP_FROM_BELOW", ("06-02", "2"), ("06-05", "-5"), ("06-16", "10"), amended="2026-06-11",
        expected={_JUNE: 0, "2026-06-11": 17500},
    ),
    # The first tier goes on below zero: (-2 x 30 + 5 x 15) x 10 / 30 + 100.
    "BACK_FROM_BELOW": _staying(
        "BACK_FROM_BELOW", ("06-01", "-2"), ("06-16", "5"), expected={_JUNE: 10500}
    ),
    # -4 x 30 + 5 x 15 is less than nothing, and nothing is what it costs; the 100 are due.
    "LESS_THAN_NOTHING": _staying(
        "LESS_THAN_NOTHING", ("06-01", "-4"), ("06-16", "5"), expected={_JUNE: 10000}
    ),
    "FLAT_AT_ZERO": _staying(
        "FLAT_AT_ZERO", charge_terms={"bills_first_flat_at_zero": "true"},
        expected={"2026-05-01": 10000, _JUNE: 10000},
    ),
    # Neither 0.05 / 30 nor 0.10 / 30 has an end; together they are half a cent.
    "HALF_A_CENT": _staying(
        "HALF_A_CENT", ("06-30", "2"), tiers=[("1", "0.05", "0"), ("", "0.10", "0")],
        expected={_JUNE: 1},
    ),
    # 3.50 / 30 has no end, 90 % of it is 10.5 cents.
    "DISCOUNT": _staying(
        "DISCOUNT", ("06-30", "1"), tiers=[("", "3.50", "0")], discounts=[("percent", "10")],
        expected={_JUNE: 11},
    ),
    # 2.50 / 30 has none either, and 90 % of it is 7.5 cents.
    "DISCOUNT_BELOW": _staying(
        "DISCOUNT_BELOW", ("06-30", "1"), tiers=[("", "2.50", "0")],
        discounts=[("percent", "10")],
        expected={_JUNE: 8},
    ),
    # (5 x 10 + 2 x 5) x 10 / 30 + 150; then x 20 / 30, of which 10.00 are left to the maximum.
    "LIMITED_SEATS": _staying(
        "LIMITED_SEATS", ("06-01", "7"), amended="2026-06-11",
        charge_terms={"maximum_amount": "180"},
        expected={_JUNE: 17000, "2026-06-11": 1000},
    ),
    # Each tier to the cent: 0.00 and 0.00.
    "SEATS_BY_TIER": _staying(
        "SEATS_BY_TIER", ("06-30", "2"), tiers=[("1", "0.05", "0"), ("", "0.10", "0")],
        charge_terms={"rounding_place": "tier", "rounding_decimals": "2"},
        expected={_JUNE: 0},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract per case; everything as of 1 July 2026, when June is over."""
    warehouse = Warehouse(tmp_path_factory.mktemp("units"))
    company(warehouse)
    for name, case in CASES.items():
        _sell(warehouse, name, case)
    warehouse.build(f"{CHARGES_EXPLAINED} assert_tiers_add_up_to_their_charge")
    warehouse.execute(
        "create table lineage.links"
        " (from_type varchar, from_key varchar, to_type varchar, to_key varchar)"
    )
    return warehouse


def _sell(warehouse: Warehouse, name: str, case: Case) -> None:
    for plan in case.plans:
        for table, rows in plan.items():
            warehouse.insert(table, rows)
    warehouse.insert("raw.reference_meters", [{"meter_code": name} | case.meter])
    plans = [plan["raw.reference_prices"][0]["price_id"] for plan in case.plans]
    warehouse.insert(
        "raw.events", [subscription(name, [usage_line(name, plans[0], name)], **case.term)]
    )
    if case.amended:
        lines = [usage_line(name, plans[-1], name)]
        change = amendment(name, f"A-{name}", case.amended, lines, term_end="2026-06-30")
        warehouse.insert("raw.events", [change])
    used = [
        usage(
            f"{name} {number}",
            f"2026-{day} 12:00:00",
            quantity,
            meter_code=name,
            properties=json.dumps({"unit": unit} if unit else {}),
        )
        for number, (day, quantity, unit) in enumerate(case.events)
    ]
    if used:
        warehouse.insert("raw.usage", used)


def _charges(warehouse: Warehouse, name: str) -> dict[str, int | None]:
    return dict(
        warehouse.rows(f"""
            select cast(service_start_date as varchar), charge_minor from usage.usage_charges
            where contract_line_id = '{name}'
        """)
    )


@pytest.mark.parametrize("name", CASES)
def test_units_cost_what_was_worked_by_hand(rated: Warehouse, name: str) -> None:
    assert _charges(rated, name) == CASES[name].expected


def test_a_month_has_one_size_whatever_line_has_the_meter(tmp_path: Path) -> None:
    """From the 11th on another line takes the meter over, in a plan at twice the price."""
    warehouse = Warehouse(tmp_path)
    company(warehouse)
    case = Case(plans=[_sizes("OLD")], meter=PEAK, events=[("06-20", "5", "cpu")], expected={})
    _sell(warehouse, "OLD", case)
    for table, rows in _sizes("NEW", [("", "0", "20"), ("", "0", "50"), ("", "0", "120")]).items():
        warehouse.insert(table, rows)
    lines = [usage_line("NEW", "NEW", "OLD")]
    change = amendment("OLD", "A-OLD", "2026-06-11", lines, term_end="2026-06-30")
    warehouse.insert("raw.events", [change])
    warehouse.build("+usage_charges")
    assert _charges(warehouse, "OLD") == {_JUNE: 833}
    assert _charges(warehouse, "NEW") == {"2026-06-11": 3333}


def test_days_without_service_are_no_part_of_a_month(tmp_path: Path) -> None:
    """Suspended from the 11th through the 20th: two charges of ten days each."""
    warehouse = Warehouse(tmp_path)
    company(warehouse)
    cases = {
        "SIZED": _held("SIZED", ("06-25", "5", "cpu"), minor=0),
        "SEATED": _staying("SEATED", ("06-01", "3"), expected={}),
    }
    for name, case in cases.items():
        _sell(warehouse, name, case)
        breaks = [pause(name, "P", "2026-06-11"), resume(name, "P", "2026-06-21")]
        warehouse.insert("raw.events", breaks)
    warehouse.build("+usage_charges")
    assert _charges(warehouse, "SIZED") == {_JUNE: 1250, "2026-06-21": 1250}
    # 3 x 10 x 10 / 30 each, and 100 once.
    assert _charges(warehouse, "SEATED") == {_JUNE: 11000, "2026-06-21": 1000}


def test_every_tier_up_to_the_one_that_holds_says_why(rated: Warehouse) -> None:
    assert rated.rows("""
        select tier_number, unit, cast(quantity as integer), cast(max_quantity as integer), is_due
        from usage.usage_charge_capacities where usage_charge_id like 'ONE_ABOVE|%' order by 1, 2
    """) == [
        (1, "cpu", 3, 4, False),
        (1, "memory", 65, 64, False),
        (2, "cpu", 3, 8, True),
        (2, "memory", 65, 128, True),
    ]


def test_a_move_is_split_where_it_crosses_a_tier(rated: Warehouse) -> None:
    assert rated.rows("""
        select
            move_number, cast(move_date as varchar), tier_number, cast(quantity as integer),
            cast(quantity_after as integer), cast(tier_quantity as integer), days_counted
        from usage.usage_charge_moves where usage_charge_id like 'UP_AND_DOWN|%' order by 1, 3
    """) == [
        (1, "2026-06-10", 1, 2, 2, 2, 21),
        (2, "2026-06-16", 1, 5, 7, 3, 15),
        (2, "2026-06-16", 2, 5, 7, 2, 15),
        (3, "2026-06-20", 1, -6, 1, -4, 11),
        (3, "2026-06-20", 2, -6, 1, -2, 11),
    ]


@pytest.fixture(scope="module")
def books(rated: Warehouse) -> Iterator[Books]:
    with duckdb.connect(str(rated.path), read_only=True) as marts, ExitStack() as opened:
        yield Books(marts, Home(rated.path.parent), opened)


@pytest.mark.parametrize("name", CASES)
def test_every_charge_comes_to_its_printed_arithmetic(books: Books, name: str) -> None:
    charges = books.ask(
        "select * from usage.usage_charges where contract_line_id = $1 order by 1", name
    )
    for charge in charges:
        explanation = explain_charge(books, charge["usage_charge_id"])
        lines = {line.name: line for line in read_lines(lines_of(explanation, everything=True))}
        assert len(lines) == len(explanation.steps)
        assert [line for line in lines.values() if line.value != line.result] == []
        assert lines["charge"].value == Fraction(charge["charge_minor"], 100)
        assert explanation.is_proven


def test_a_month_that_goes_on_is_paid_for_what_it_used_so_far(tmp_path: Path) -> None:
    """On the evening of the 20th: the month needs tier 2, seats have stayed 20 and 11 days."""
    warehouse = Warehouse(tmp_path)
    company(warehouse)
    run_as_of(warehouse, "2026-06-21 12:00:00")
    for name, case in (
        ("SO_FAR", _held("SO_FAR", ("06-02", "5", "cpu"), ("06-25", "9", "cpu"), minor=0)),
        ("SEATED", _staying("SEATED", ("06-01", "3"), ("06-10", "3"), expected={})),
    ):
        _sell(warehouse, name, case)
    warehouse.build("+usage_charges")
    assert _charges(warehouse, "SO_FAR") == {_JUNE: 2500}
    # (3 x 20 + 2 x 11) x 10 + 1 x 11 x 5 = 875 / 30 + 150.
    assert _charges(warehouse, "SEATED") == {_JUNE: 17917}
