"""Prices that look at each event by itself: percentages with a fixed amount, free and limited.

Belongs here: charges worked by hand, and their printed arithmetic.
Does not: prices of quantities (test_price_models); what a meter makes of events (test_meters).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction

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
    price,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import Warehouse

# By case: the terms, the events of June by day, whether a second version begins on the 11th, and
# the charges by their first day in minor units. The rate is 2.9 %, all is worked by hand.
CASES: dict[str, tuple[dict[str, str], list[tuple[str, str]], bool, dict[str, int | None]]] = {
    # 2.90 + 1.45, and twice 0.30.
    "FEES": ({"fixed_amount": "0.3"}, [("02", "100"), ("03", "50")], False, {"2026-06-01": 495}),
    "RATE_ALONE": ({}, [("02", "100"), ("03", "50")], False, {"2026-06-01": 435}),
    # The first event is free: 1.45 + 0.30.
    "FREE_EVENTS": (
        {"fixed_amount": "0.3", "free_events": "1"},
        [("02", "100"), ("03", "50")],
        False,
        {"2026-06-01": 175},
    ),
    # 120 are free: all of the first event and 20 of the second, 0.87 + 0.30 for the rest.
    "FREE_AMOUNT": (
        {"fixed_amount": "0.3", "free_amount": "120"},
        [("02", "100"), ("03", "50")],
        False,
        {"2026-06-01": 117},
    ),
    # As before, and the third event has nothing left that is free: 0.29 + 0.30.
    "BOTH_FREE": (
        {"fixed_amount": "0.3", "free_amount": "120", "free_events": "3"},
        [("02", "100"), ("03", "50"), ("04", "10")],
        False,
        {"2026-06-01": 176},
    ),
    # 0.59 is raised to 1, 3.20 comes down to 2, 1.46 stays.
    "LIMITS": (
        {"fixed_amount": "0.3", "minimum_amount": "1", "maximum_amount": "2"},
        [("02", "10"), ("03", "100"), ("04", "40")],
        False,
        {"2026-06-01": 446},
    ),
    # Two events of the month are free, one before and one after the amendment.
    "SHARED_MONTH": (
        {"fixed_amount": "0.3", "free_events": "2"},
        [("05", "100"), ("12", "100"), ("13", "100")],
        True,
        {"2026-06-01": 0, "2026-06-11": 320},
    ),
    # What is paid back has no percentage of its own.
    "BELOW_NOTHING": ({"fixed_amount": "0.3"}, [("02", "-5")], False, {"2026-06-01": None}),
}
PRICED = [name for name, case in CASES.items() if None not in case[3].values()]


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract per case; everything as of 1 July 2026, when June is over."""
    warehouse = Warehouse(tmp_path_factory.mktemp("event_prices"))
    company(warehouse)
    for name, (terms, events, is_amended, _) in CASES.items():
        plan = price(name, "percentage", [("", "0.029", "")], event_terms=terms)
        for table, rows in plan.items():
            warehouse.insert(table, rows)
        warehouse.insert("raw.reference_meters", [{"meter_code": name, "aggregation": "each"}])
        lines = [usage_line(name, name, name)]
        term = {"term_start": "2026-06-01", "term_end": "2026-06-30"}
        warehouse.insert("raw.events", [subscription(name, lines, **term)])
        if is_amended:
            change = amendment(name, f"A-{name}", "2026-06-11", lines, term_end="2026-06-30")
            warehouse.insert("raw.events", [change])
        warehouse.insert(
            "raw.usage",
            [
                usage(f"{name} {day}", f"2026-06-{day} 12:00:00", amount, meter_code=name)
                for day, amount in events
            ],
        )
    warehouse.build(f"{CHARGES_EXPLAINED} assert_tiers_add_up_to_their_charge")
    warehouse.execute(
        "create table lineage.links"
        " (from_type varchar, from_key varchar, to_type varchar, to_key varchar)"
    )
    return warehouse


@pytest.mark.parametrize("name", CASES)
def test_events_cost_what_was_worked_by_hand(rated: Warehouse, name: str) -> None:
    charges = rated.rows(f"""
        select cast(service_start_date as varchar), charge_minor from usage.usage_charges
        where contract_line_id = '{name}'
    """)
    assert dict(charges) == CASES[name][3]


def test_outcomes_of_events_are_told_apart(rated: Warehouse) -> None:
    assert rated.rows("""
        select outcome, event_count, quantity::int, left(amount::varchar, 4)
        from usage.usage_charge_event_outcomes where usage_charge_id like 'LIMITS|%' order by 1
    """) == [
        ("maximum", 1, 100, "2.00"),
        ("minimum", 1, 10, "1.00"),
        ("priced", 1, 40, "1.46"),
    ]


@pytest.fixture(scope="module")
def books(rated: Warehouse) -> Iterator[Books]:
    with duckdb.connect(str(rated.path), read_only=True) as marts, ExitStack() as opened:
        yield Books(marts, Home(rated.path.parent), opened)


@pytest.mark.parametrize("name", PRICED)
def test_every_charge_comes_to_its_printed_arithmetic(books: Books, name: str) -> None:
    charges = books.ask(
        "select * from usage.usage_charges where contract_line_id = $1 order by 1", name
    )
    for charge in charges:
        explanation = explain_charge(books, charge["usage_charge_id"])
        lines = {line.name: line for line in read_lines(lines_of(explanation, everything=True))}
        assert [line for line in lines.values() if line.value != line.result] == []
        assert lines["charge"].value == Fraction(charge["charge_minor"], 100)
        assert explanation.is_proven
