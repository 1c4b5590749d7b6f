"""What a price says of a whole charge: flat fees, discounts, limits, roundings, windows.

Belongs here: charges of months and windows, worked by hand, and their printed arithmetic.
Does not: what a tier takes (test_price_models, test_usage_models).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
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
    event,
    price,
    run_as_of,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import Row, Warehouse

ONE = [("", "1", "")]
YEAR = {"term_start": "2025-07-01", "term_end": "2026-06-30"}


def _plan(model: str, tiers: list[tuple[str, str, str]], **terms: Any) -> dict[str, Any]:
    """Return the price of a case, its use by day, and how its contract differs."""
    kept = {name: terms.pop(name) for name in ("used", "contract", "amended") if name in terms}
    discounts, others = terms.pop("discounts", []), terms.pop("others", {})
    return {
        "model": model,
        "tiers": tiers,
        "changes": {"charge_terms": terms, "discounts": discounts} | others,
        "used": kept.get("used", {}),
        "contract": kept.get("contract", {"term_start": "2026-05-01", "term_end": "2026-06-30"}),
        "amended": kept.get("amended"),
    }


# By case: the charges that come out, by their first day, in minor units. All worked by hand.
PLANS: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    # A flat fee is due for May and June, whatever is used.
    "FLAT": (_plan("flat", [("", "0", "12.50")]), {"2026-05-01": 1250, "2026-06-01": 1250}),
    # In arrears a month of two versions bills it with the second.
    "FLAT_IN_ARREARS": (
        _plan("flat", [("", "0", "12.50")], amended="2026-06-11"),
        {"2026-05-01": 1250, "2026-06-01": 0, "2026-06-11": 1250},
    ),
    "FLAT_IN_ADVANCE": (
        _plan("flat", [("", "0", "12.50")], flat_billing="advance", amended="2026-06-11"),
        {"2026-05-01": 1250, "2026-06-01": 1250, "2026-06-11": 0},
    ),
    # From 11 May: 21 of 31 days; 10 of 30 and 20 of 30, each charge its own.
    "FLAT_BY_DAYS": (
        _plan(
            "flat",
            [("", "0", "12.50")],
            flat_proration="days",
            contract={"term_start": "2026-05-11", "term_end": "2026-06-30"},
            amended="2026-06-11",
        ),
        {"2026-05-11": 847, "2026-06-01": 417, "2026-06-11": 833},
    ),
    # A month has 30 days: from 11 May 20 of them, and 20 through 20 June.
    "FLAT_BY_30_DAYS": (
        _plan(
            "flat",
            [("", "0", "12")],
            flat_proration="30/360",
            flat_billing="advance",
            contract={"term_start": "2026-05-11", "term_end": "2026-06-20"},
        ),
        {"2026-05-11": 800, "2026-06-01": 800},
    ),
    # 3.00 without use in May; 3.00 + 2 x 0.50 in June.
    "FLAT_AT_ZERO": (
        _plan(
            "graduated",
            [("10", "0.5", "3"), ("", "0.4", "")],
            bills_first_flat_at_zero="true",
            used={"2026-06-03": "2"},
        ),
        {"2026-05-01": 300, "2026-06-01": 400},
    ),
    # Without the convention May has no charge at all.
    "NO_FLAT_AT_ZERO": (
        _plan("graduated", [("10", "0.5", "3"), ("", "0.4", "")], used={"2026-06-03": "2"}),
        {"2026-06-01": 400},
    ),
    # 200 less 10 % is 180, less 30 is 150; 20 less 10 % is 18, of which 30 leave nothing.
    "PERCENT_THEN_FIXED": (
        _plan(
            "per_unit",
            ONE,
            discounts=[("percent", "10"), ("fixed", "30")],
            used={"2026-05-02": "200", "2026-06-02": "20"},
        ),
        {"2026-05-01": 15000, "2026-06-01": 0},
    ),
    # 200 less 30 is 170, less 10 % is 153.
    "FIXED_THEN_PERCENT": (
        _plan(
            "per_unit",
            ONE,
            discounts=[("fixed", "30"), ("percent", "10")],
            used={"2026-05-02": "200"},
        ),
        {"2026-05-01": 15300},
    ),
    # 5 of 12 units are free, 7 cost 14.00, half of it is discounted.
    "FREE_UNITS": (
        _plan(
            "per_unit",
            [("", "2", "")],
            discounts=[("free_units", "5"), ("percent", "50")],
            used={"2026-06-02": "12"},
        ),
        {"2026-06-01": 700},
    ),
    # Two versions share the month: 30 x 1 less 20, then 10 less the 0 that is left of the 20;
    # of 5 free units, and 3 + 30 used, the first version has 3 and the second 2.
    "SHARED_MONTH": (
        _plan(
            "per_unit",
            ONE,
            discounts=[("free_units", "5"), ("fixed", "20")],
            used={"2026-06-02": "3", "2026-06-20": "30"},
            amended="2026-06-11",
        ),
        {"2026-06-01": 0, "2026-06-11": 800},
    ),
    # May has no use and comes to the least; June 40 is above it.
    "MINIMUM": (
        _plan("per_unit", ONE, minimum_amount="25", used={"2026-06-02": "40"}),
        {"2026-05-01": 2500, "2026-06-01": 4000},
    ),
    # The month of two versions comes to 25 once: 4 in the first, 6 and the missing 15 in the other.
    "MINIMUM_OF_TWO": (
        _plan(
            "per_unit",
            ONE,
            minimum_amount="25",
            used={"2026-06-02": "4", "2026-06-20": "6"},
            amended="2026-06-11",
        ),
        {"2026-05-01": 2500, "2026-06-01": 400, "2026-06-11": 2100},
    ),
    # 30 and 90 in one month of at most 100.
    "MAXIMUM": (
        _plan(
            "per_unit",
            ONE,
            maximum_amount="100",
            used={"2026-05-02": "99", "2026-06-02": "30", "2026-06-20": "90"},
            amended="2026-06-11",
        ),
        {"2026-05-01": 9900, "2026-06-01": 3000, "2026-06-11": 7000},
    ),
    # From 16 May: 16 of 31 days of 31.00 are 16.00; June is whole.
    "PRORATED_MINIMUM": (
        _plan(
            "per_unit",
            ONE,
            minimum_amount="31",
            limit_proration="days",
            contract={"term_start": "2026-05-16", "term_end": "2026-06-30"},
        ),
        {"2026-05-16": 1600, "2026-06-01": 3100},
    ),
    # A year of 1,200 from July 2025: 100 + 700 used, 400 missing when it ends in June.
    "COMMITMENT": (
        _plan(
            "per_unit",
            ONE,
            commitment_amount="1200",
            window_months="12",
            contract=YEAR,
            used={"2025-08-02": "100", "2026-06-02": "700"},
        ),
        {"2025-07-01": 0, "2025-08-01": 10000, "2025-09-01": 0, "2026-06-01": 110000},
    ),
    # Calendar years of 730.00 by the day: July to December have 184 of 365 days, 368.00; the
    # other half year 181, 362.00, of which 12 are used.
    "COMMITMENT_BY_DAYS": (
        _plan(
            "per_unit",
            ONE,
            commitment_amount="730",
            window_months="12",
            window_first_month="1",
            limit_proration="days",
            contract=YEAR,
            used={"2026-02-02": "12"},
        ),
        {"2025-11-01": 0, "2025-12-01": 36800, "2026-02-01": 1200, "2026-06-01": 35000},
    ),
    # Quarters from July: more than 150 a quarter is not spent.
    "SPEND_CAP": (
        _plan(
            "per_unit",
            ONE,
            spend_cap_amount="150",
            window_months="3",
            contract=YEAR,
            used={"2025-07-02": "100", "2025-08-02": "80", "2025-09-02": "9", "2025-10-02": "80"},
        ),
        {"2025-07-01": 10000, "2025-08-01": 5000, "2025-09-01": 0, "2025-10-01": 8000},
    ),
    # Beyond 100 a quarter a unit costs half as much again: 80; 60 + 20; 10 + 5. The next quarter
    # has 30 and lacks 70.
    "OVERAGE": (
        _plan(
            "per_unit",
            ONE,
            commitment_amount="100",
            overage_factor="1.5",
            window_months="3",
            contract=YEAR,
            used={"2025-07-02": "80", "2025-08-02": "60", "2025-09-02": "10", "2025-10-02": "30"},
        ),
        {
            "2025-07-01": 8000,
            "2025-08-01": 8000,
            "2025-09-01": 1500,
            "2025-10-01": 3000,
            "2025-12-01": 7000,
        },
    ),
    # 150 and 50 for what is beyond 100: 200, of which 180 may be spent. Nothing is left for more.
    "OVERAGE_CAPPED": (
        _plan(
            "per_unit",
            ONE,
            commitment_amount="100",
            overage_factor="2",
            spend_cap_amount="180",
            window_months="3",
            contract={"term_start": "2025-07-01", "term_end": "2025-09-30"},
            used={"2025-07-02": "150", "2025-08-02": "10"},
        ),
        {"2025-07-01": 18000, "2025-08-01": 0, "2025-09-01": 0},
    ),
    # Those of a month come before those of a window: 10 lifted to 20, 90 cut to 50; the two
    # months lack 80 of 150.
    "ALL_LIMITS": (
        _plan(
            "per_unit",
            ONE,
            minimum_amount="20",
            maximum_amount="50",
            commitment_amount="150",
            window_months="2",
            used={"2026-05-02": "10", "2026-06-02": "90"},
        ),
        {"2026-05-01": 2000, "2026-06-01": 13000},
    ),
    # 3 x 0.335 = 1.005: each tier rounded up is 1.01 + 0.34.
    "ROUNDED_TIERS": (
        _plan(
            "graduated",
            [("3", "0.335", ""), ("", "0.335", "")],
            rounding_place="tier",
            rounding_decimals="2",
            rounding_mode="ceiling",
            used={"2026-06-02": "4"},
        ),
        {"2026-06-01": 135},
    ),
    # 4 x 0.335 = 1.34, rounded down to 1.3; a third of it less, 0.433, rounded down to 0.4.
    "ROUNDED_STEPS": (
        _plan(
            "per_unit",
            [("", "0.335", "")],
            rounding_place="amount",
            rounding_decimals="1",
            rounding_mode="floor",
            discounts=[("percent", "33.333333")],
            used={"2026-06-02": "4"},
        ),
        {"2026-06-01": 90},
    ),
    # Whole tens, upwards.
    "ROUNDED_CHARGE": (
        _plan(
            "per_unit",
            ONE,
            rounding_decimals="-1",
            rounding_mode="ceiling",
            used={"2026-06-02": "41"},
        ),
        {"2026-06-01": 5000},
    ),
}


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract per case; everything as of 1 July 2026, when June is over."""
    warehouse = Warehouse(tmp_path_factory.mktemp("terms"))
    company(warehouse)
    for name, (plan, _) in PLANS.items():
        for table, rows in price(name, plan["model"], plan["tiers"], **plan["changes"]).items():
            warehouse.insert(table, rows)
        lines = [usage_line(name, name, name)]
        events = [subscription(name, lines, **plan["contract"])]
        if plan["amended"]:
            end = plan["contract"]["term_end"]
            events.append(amendment(name, f"A-{name}", plan["amended"], lines, term_end=end))
        warehouse.insert("raw.events", events)
        warehouse.insert(
            "raw.usage",
            [
                usage(f"{name}-{day}", f"{day} 12:00:00", quantity, meter_code=name)
                for day, quantity in plan["used"].items()
            ],
        )
    warehouse.build(f"{CHARGES_EXPLAINED} assert_tiers_add_up_to_their_charge")
    warehouse.execute(
        "create table lineage.links"
        " (from_type varchar, from_key varchar, to_type varchar, to_key varchar)"
    )
    return warehouse


@pytest.fixture(scope="module")
def books(rated: Warehouse) -> Iterator[Books]:
    with duckdb.connect(str(rated.path), read_only=True) as marts, ExitStack() as opened:
        yield Books(marts, Home(rated.path.parent), opened)


@pytest.mark.parametrize("name", PLANS)
def test_a_month_comes_to_what_was_worked_by_hand(rated: Warehouse, name: str) -> None:
    _, expected = PLANS[name]
    charges = dict(
        rated.rows(f"""
            select cast(service_start_date as varchar), charge_minor from usage.usage_charges
            where contract_line_id = '{name}'
        """)
    )
    assert {day: charges.get(day) for day in expected} == expected
    if len(expected) < 3:
        assert len(charges) == len(expected)


@pytest.mark.parametrize("name", PLANS)
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


def test_steps_stand_in_their_order_with_what_they_find_and_move(books: Books) -> None:
    steps = books.ask("""
        select * from usage.usage_charge_adjustments
        where usage_charge_id = 'ALL_LIMITS|ALL_LIMITS|1|2026-06' order by step_number
    """)
    columns = ("step_kind", "span_start_date", "base_amount", "limit_amount", "amount")
    assert [tuple(step[name] for name in columns) for step in steps] == [
        ("maximum", date(2026, 6, 1), 90, 50, -40),
        ("minimum", date(2026, 6, 1), 50, 20, 0),
        ("commitment", date(2026, 5, 1), 70, 150, 80),
    ]


def test_free_units_are_shown_with_their_quantity(books: Books) -> None:
    steps = books.ask("""
        select * from usage.usage_charge_adjustments
        where usage_charge_id = 'FREE_UNITS|FREE_UNITS|1|2026-06' order by step_number
    """)
    assert [(step["step_kind"], step["quantity"], step["amount"]) for step in steps] == [
        ("free_units", 5, 0),
        ("percent_discount", None, -7),
    ]


def _world(folder: Path, as_of: str, *events: Row, **terms: Any) -> Warehouse:
    """Return charges of one line from May, at 1.00 a unit and the terms, as of an instant."""
    warehouse = Warehouse(folder)
    company(warehouse)
    run_as_of(warehouse, as_of)
    for table, rows in price("P1", "per_unit", ONE, **terms).items():
        warehouse.insert(table, rows)
    warehouse.insert(
        "raw.events", [subscription("K", [usage_line("K-1")], term_start="2026-05-01"), *events]
    )
    warehouse.insert("raw.usage", [usage("u1", "2026-05-05 12:00:00", "7")])
    return warehouse


def _charges(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    warehouse.build("+usage_charges")
    return warehouse.rows("""
        select usage_charge_id, charge_minor from usage.usage_charges order by service_start_date
    """)


def test_a_minimum_is_asked_once_the_month_is_over(tmp_path: Path) -> None:
    # Noon in Greenwich: in New York the 30th is the last day that is over, then the 31st.
    warehouse = _world(tmp_path, "2026-05-31 12:00:00", charge_terms={"minimum_amount": "25"})
    assert _charges(warehouse) == [("K|K-1|1|2026-05", 700)]
    run_as_of(warehouse, "2026-06-01 12:00:00")
    assert _charges(warehouse) == [("K|K-1|1|2026-05", 2500)]
    run_as_of(warehouse, "2026-06-02 12:00:00")
    assert _charges(warehouse) == [("K|K-1|1|2026-05", 2500), ("K|K-1|1|2026-06", 0)]


def test_a_minimum_waits_for_a_version_that_begins_later_in_the_month(tmp_path: Path) -> None:
    amended = amendment("K", "A", "2026-05-21", [usage_line("K-1")])
    warehouse = _world(
        tmp_path, "2026-05-21 12:00:00", amended, charge_terms={"minimum_amount": "25"}
    )
    assert _charges(warehouse) == [("K|K-1|1|2026-05", 700)]


def test_days_without_service_are_not_prorated_for(tmp_path: Path) -> None:
    # 16 to 31 May are suspended, and June to the 20th: 15 of 31 days, 10 of 30, none of July.
    pause = {"contract_id": "K", "pause_id": "A"}
    paused = event(
        "subscription.paused", "p", effective_date="2026-05-16", mode="suspend_extend", **pause
    )
    resumed = event("subscription.resumed", "r", effective_date="2026-06-21", **pause)
    terms = {"minimum_amount": "93", "limit_proration": "days"}
    warehouse = _world(tmp_path, "2026-07-01 12:00:00", paused, resumed, charge_terms=terms)
    assert _charges(warehouse) == [("K|K-1|1|2026-05", 4500), ("K|K-1|1|2026-06", 3100)]


def _suspended(first_day: str, day_after: str) -> list[Row]:
    """Return a suspension of the contract K."""
    pause = {"contract_id": "K", "pause_id": "A"}
    mode = "suspend_extend"
    return [
        event("subscription.paused", "p", effective_date=first_day, mode=mode, **pause),
        event("subscription.resumed", "r", effective_date=day_after, **pause),
    ]


def _flat_world(folder: Path, suspension: list[Row], *plans: dict[str, list[Row]]) -> Warehouse:
    """Return a contract of May with prices of its own and a suspension, in June."""
    warehouse = _world(folder, "2026-06-02 12:00:00", *suspension)
    for table in plans[0]:
        warehouse.replace(table, [row for plan in plans for row in plan[table]])
    return warehouse


def _charges_of_may(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return [charge for charge in _charges(warehouse) if "2026-05" in charge[0]]


def test_a_flat_fee_by_days_is_not_due_while_service_is_suspended(tmp_path: Path) -> None:
    # May without the 16th to the 20th: 15 and 11 of 31 days.
    plan = price("P1", "flat", [("", "0", "31")], charge_terms={"flat_proration": "days"})
    warehouse = _flat_world(tmp_path, _suspended("2026-05-16", "2026-05-21"), plan)
    assert _charges_of_may(warehouse) == [
        ("K|K-1|1|2026-05", 1500),
        ("K|K-1|1|2026-05|2026-05-21", 1100),
    ]


def test_a_price_of_the_future_divides_no_month_of_today(tmp_path: Path) -> None:
    suspension = _suspended("2026-05-26", "2026-06-01")
    today = price("P1", "flat", [("", "0", "30")])
    later = price(
        "P1", "flat", [("", "0", "30")], valid_from="2026-08-01",
        charge_terms={"flat_proration": "days"},
    )  # fmt: skip
    warehouse = _flat_world(tmp_path, suspension, today, later)
    assert _charges_of_may(warehouse) == [("K|K-1|1|2026-05", 3000)]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"minimum_amount": "50"}, 5000),
        # Of May and June only May is over: the window is not.
        ({"commitment_amount": "100", "window_months": "2"}, 2500),
        ({"commitment_amount": "100", "window_months": "1"}, 10000),
    ],
)
def test_a_month_that_ends_suspended_is_over_with_its_last_day_of_service(
    tmp_path: Path, terms: dict[str, str], expected: int
) -> None:
    # 25 of 31 days of 31.00, and what is missing to the limit.
    plan = price("P1", "flat", [("", "0", "31")], charge_terms={"flat_proration": "days"} | terms)
    warehouse = _flat_world(tmp_path, _suspended("2026-05-26", "2026-06-01"), plan)
    assert _charges_of_may(warehouse) == [("K|K-1|1|2026-05", expected)]


@pytest.mark.parametrize("model", ["percentage", "capacity", "prorated_graduated"])
def test_a_price_of_events_or_units_is_none_for_a_meter_that_adds_up(
    tmp_path: Path, model: str
) -> None:
    plan = price("P1", model, [("", "0.1", "1")])
    warehouse = _flat_world(tmp_path, [], plan)
    assert _charges_of_may(warehouse) == [("K|K-1|1|2026-05", None)]


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        # 7 at 1.00 before the 11th and 4 at 3.00 from it, or all at 1.00.
        ("true", [("K|K-1|1|2026-05", 700), ("K|K-1|1|2026-05|2026-05-11", 1200)]),
        ("", [("K|K-1|1|2026-05", 1100)]),
    ],
)
def test_a_price_of_the_middle_of_a_month_splits_it_or_waits(
    tmp_path: Path, convention: str, expected: list[tuple[str, int]]
) -> None:
    warehouse = _world(tmp_path, "2026-06-01 12:00:00")
    later = price(
        "P1", "per_unit", [("", "3", "")], valid_from="2026-05-11",
        charge_terms={"starts_within_month": convention},
    )  # fmt: skip
    for table, rows in later.items():
        warehouse.insert(table, rows)
    # 11 May begins in New York four hours after it does in Greenwich.
    warehouse.insert("raw.usage", [usage("u2", "2026-05-11 04:00:00", "4")])
    assert _charges(warehouse) == expected
    warehouse.build("+usage_event_charges +int_usage_by_charge")
    assert warehouse.rows("""
        select event_id, usage_charge_id from lineage.usage_event_charges order by 1
    """) == [("u1", expected[0][0]), ("u2", expected[-1][0])]
    assert warehouse.rows("""
        select usage_charge_id, event_count from intermediate.int_usage_by_charge order by usage_day
    """) == [(expected[0][0], 1), (expected[-1][0], 1)]


def test_a_month_without_use_whose_price_is_lost_is_unknown_and_not_gone(tmp_path: Path) -> None:
    warehouse = _world(tmp_path, "2026-07-01 12:00:00", charge_terms={"minimum_amount": "25"})
    assert _charges(warehouse) == [("K|K-1|1|2026-05", 2500), ("K|K-1|1|2026-06", 2500)]
    warehouse.replace("raw.reference_prices", [])
    assert _charges(warehouse) == [("K|K-1|1|2026-05", None), ("K|K-1|1|2026-06", None)]
