"""What a declared meter makes of usage: which events it takes, and what they come to.

Belongs here: quantities of months and of parts of months, worked by hand, and their arithmetic.
Does not: adding up in steps (test_usage_by_day_part); prices (test_price_models).
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
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

Event = tuple[str, str, dict[str, str]]

# The company keeps the time of New York: midnight is at 04:00 UTC. June has 30 days, May 31.
TEN_IN_MAY = [("2026-05-16 16:00", "10", {})]


def _case(
    aggregation: str, events: list[Event], amended: str = "", **meter: str
) -> tuple[dict[str, str], list[Event], str]:
    return {"aggregation": aggregation} | meter, events, amended


def _users(*seen: tuple[str, str]) -> list[Event]:
    """Return events of users; a minus before a user says that it is gone."""
    return [
        (at, "1", {"user": user.lstrip("-"), "op": "remove" if user.startswith("-") else "add"})
        for at, user in seen
    ]


BY_USER = {"unique_property": "user", "operation_property": "op"}

# By case: quantities of charges by their first day, worked by hand.
CASES: dict[str, tuple[tuple[dict[str, str], list[Event], str], dict[str, str]]] = {
    "COUNT": (
        _case("count", [("2026-06-02 12:00", "5", {}), ("2026-06-09 12:00", "0", {})]),
        {"2026-06-01": "2"},
    ),
    "MAX": (
        _case("max", [("2026-06-02 12:00", "7", {}), ("2026-06-10 12:00", "12", {}),
                      ("2026-06-20 12:00", "9", {})]),
        {"2026-06-01": "12"},
    ),
    # Of two events at one instant that came together, the greater id is the later one.
    "LATEST": (
        _case("latest", [("2026-06-02 12:00", "7", {}), ("2026-06-20 12:00", "11", {}),
                         ("2026-06-20 12:00", "9", {})]),
        {"2026-06-01": "9"},
    ),
    "UNIQUE": (
        _case("unique_count", _users(("2026-06-02 12:00", "ann"), ("2026-06-02 13:00", "bob"),
                                     ("2026-06-20 12:00", "ann")), unique_property="user"),
        {"2026-06-01": "2"},
    ),
    # Bob goes and comes back, Ann goes.
    "UNIQUE_THERE": (
        _case("unique_count", _users(("2026-06-02 12:00", "ann"), ("2026-06-02 13:00", "bob"),
                                     ("2026-06-02 14:00", "-bob"), ("2026-06-02 15:00", "bob"),
                                     ("2026-06-20 12:00", "-ann")), **BY_USER),
        {"2026-06-01": "1"},
    ),
    # June has Ann alone: Bob went before.
    "UNIQUE_CARRIED": (
        _case("unique_count", _users(("2026-05-02 12:00", "ann"), ("2026-05-03 12:00", "bob"),
                                     ("2026-05-30 12:00", "-bob")),
              carried_units="whole", **BY_USER),
        {"2026-05-01": "1", "2026-06-01": "1"},
    ),
    # 02:00 UTC is still the evening before: 6 on the 2nd, 4 on the 3rd.
    "MAX_BY_DAY": (
        _case("max", [("2026-06-02 12:00", "3", {}), ("2026-06-03 02:00", "6", {}),
                      ("2026-06-03 12:00", "4", {})], measured_by="day"),
        {"2026-06-01": "10"},
    ),
    "MAX_BY_HOUR": (
        _case("max", [("2026-06-02 12:00", "3", {}), ("2026-06-02 12:59", "5", {}),
                      ("2026-06-02 13:00", "4", {})], measured_by="hour"),
        {"2026-06-01": "9"},
    ),
    "UNIQUE_BY_DAY": (
        _case("unique_count", _users(("2026-06-02 12:00", "ann"), ("2026-06-02 13:00", "ann"),
                                     ("2026-06-03 12:00", "ann"), ("2026-06-03 12:00", "bob")),
              measured_by="day", unique_property="user"),
        {"2026-06-01": "3"},
    ),
    # 5 of one server, 4 of the other, 1 of none.
    "GROUPED": (
        _case("max", [("2026-06-02 12:00", "3", {"server": "a"}),
                      ("2026-06-03 12:00", "5", {"server": "a"}),
                      ("2026-06-02 12:00", "4", {"server": "b"}), ("2026-06-09 12:00", "1", {})],
              group_property="server"),
        {"2026-06-01": "10"},
    ),
    # (10 x 15 days - 4 x 7 days) / 30 days.
    "WEIGHTED": (
        _case("weighted_sum", [("2026-06-16 04:00", "10", {}), ("2026-06-24 04:00", "-4", {})]),
        {"2026-06-01": "4.066667"},
    ),
    # At noon of 16 May 15.5 of 31 days are left; all of June has them.
    "WEIGHTED_CARRIED": (
        _case("weighted_sum", TEN_IN_MAY, carried_units="prorated"),
        {"2026-05-01": "5", "2026-06-01": "10"},
    ),
    # Without carrying June has nothing.
    "WEIGHTED_ONCE": (_case("weighted_sum", TEN_IN_MAY), {"2026-05-01": "5"}),
    # 10 x 10 / 30 and 10 x 20 / 30; what came in the first days of the month stays in the others.
    "WEIGHTED_IN_TWO": (
        _case("weighted_sum", [("2026-06-01 04:00", "10", {})], amended="2026-06-11"),
        {"2026-06-01": "3.333333", "2026-06-11": "6.666667"},
    ),
    # The 16th is inside: 15 of 30 days, whatever the hour.
    "PRORATED": (
        _case("prorated_sum", [("2026-06-16 23:00", "10", {})]),
        {"2026-06-01": "5"},
    ),
    # 10 x 16 / 31 in May.
    "PRORATED_WHOLE": (
        _case("prorated_sum", TEN_IN_MAY, carried_units="whole"),
        {"2026-05-01": "5.16129", "2026-06-01": "10"},
    ),
    "PRORATED_WHOLE_IN_TWO": (
        _case("prorated_sum", TEN_IN_MAY, carried_units="whole", amended="2026-06-11"),
        {"2026-05-01": "5.16129", "2026-06-01": "3.333333", "2026-06-11": "6.666667"},
    ),
    "RECURRING": (
        _case("sum", [*TEN_IN_MAY, ("2026-06-20 12:00", "-4", {})], carried_units="whole"),
        {"2026-05-01": "10", "2026-06-01": "6"},
    ),
    # A third of June at 10, two thirds at the 6 it ends with.
    "RECURRING_IN_TWO": (
        _case("sum", [*TEN_IN_MAY, ("2026-06-20 12:00", "-4", {})], carried_units="whole",
              amended="2026-06-11"),
        {"2026-05-01": "10", "2026-06-01": "3.333333", "2026-06-11": "4"},
    ),
    # A third of June at 7, two thirds at 9.
    "MAX_IN_TWO": (
        _case("max", [("2026-06-02 12:00", "7", {}), ("2026-06-20 12:00", "9", {})],
              amended="2026-06-11"),
        {"2026-06-01": "2.333333", "2026-06-11": "6"},
    ),
    # Counts add up, whatever divides the month.
    "COUNT_IN_TWO": (
        _case("count", [(f"2026-06-{day:02d} 12:00", "1", {}) for day in (2, 3, 4, 12, 13)],
              amended="2026-06-11"),
        {"2026-06-01": "3", "2026-06-11": "2"},
    ),
    # As many as an event may have, for all of June.
    "WEIGHTED_LARGE": (
        _case("weighted_sum", [("2026-06-01 04:00", "99999999999", {})]),
        {"2026-06-01": "99999999999"},
    ),
    # At noon of the last day half a day of 30 is left.
    "WEIGHTED_LATE": (
        _case("weighted_sum", [("2026-06-30 16:00", "3000000", {})]),
        {"2026-06-01": "50000"},
    ),
    # Ann is there for 15 days, Bob for the first 10: 25 / 30.
    "PRORATED_UNIQUE": (
        _case("prorated_unique_count", _users(("2026-06-16 12:00", "ann"),
                                              ("2026-06-01 12:00", "bob"),
                                              ("2026-06-10 12:00", "-bob")), **BY_USER),
        {"2026-06-01": "0.833333"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract per case; everything as of 1 July 2026, when June is over."""
    warehouse = Warehouse(tmp_path_factory.mktemp("meters"))
    company(warehouse)
    for name, ((meter, events, amended), _) in CASES.items():
        _declare(warehouse, name, **meter)
        _sell(warehouse, name, amended)
        _use(warehouse, name, events)
    _declare(warehouse, "LARGE", aggregation="sum", event_meter_code="api")
    _declare(warehouse, "OTHER", aggregation="count", event_meter_code="api")
    _declare(warehouse, "PAID", aggregation="sum", event_meter_code="plain")
    conditions = [("LARGE", "size", "large"), ("LARGE", "size", "huge"), ("LARGE", "region", "eu"),
                  ("PAID", "tier", "paid")]  # fmt: skip
    warehouse.insert(
        "raw.reference_meter_conditions",
        [
            {"meter_code": meter, "property": name, "value": value}
            for meter, name, value in conditions
        ],
    )
    for name in ("LARGE", "OTHER", "PAID"):
        _sell(warehouse, name)
    eu, us = {"size": "large", "region": "eu"}, {"size": "large", "region": "us"}
    _use(warehouse, "api", [("2026-06-02 12:00", "3", eu), ("2026-06-02 12:00", "5", us),
                            ("2026-06-03 12:00", "8", eu | {"size": "huge"}),
                            ("2026-06-03 12:00", "7", {})])  # fmt: skip
    _use(warehouse, "plain", [("2026-06-02 12:00", "3", {"tier": "free"})])
    _use(warehouse, "PAID", [("2026-06-02 12:00", "4", {"tier": "paid"})])
    _use(warehouse, "UNIQUE", [("2026-06-04 12:00", "9", {"account": "ann"})], "lacking")
    warehouse.build(f"{CHARGES_EXPLAINED} +held_usage usage_event_charges")
    warehouse.execute(
        "create table lineage.links"
        " (from_type varchar, from_key varchar, to_type varchar, to_key varchar)"
    )
    return warehouse


def _declare(warehouse: Warehouse, name: str, **meter: str) -> None:
    warehouse.insert("raw.reference_meters", [{"meter_code": name} | meter])


def _sell(warehouse: Warehouse, name: str, amended: str = "") -> None:
    """A contract of May and June with a line of that meter, at 1 for each unit."""
    for table, rows in price(name, "per_unit", [("", "1", "")], meter_code=name).items():
        warehouse.insert(table, rows)
    lines = [usage_line(name, name, name)]
    term: dict[str, Any] = {"term_start": "2026-05-01", "term_end": "2026-06-30"}
    warehouse.insert("raw.events", [subscription(name, lines, **term)])
    if amended:
        event = amendment(name, f"A-{name}", amended, lines, term_end="2026-06-30")
        warehouse.insert("raw.events", [event])


def _use(warehouse: Warehouse, code: str, events: list[Event], mark: str = "") -> None:
    warehouse.insert("raw.usage", [
        usage(f"{code} {mark}{10 + number}", f"{at}:00", quantity, meter_code=code,
              properties=json.dumps(properties))
        for number, (at, quantity, properties) in enumerate(events)
    ])  # fmt: skip


def _quantities(warehouse: Warehouse, name: str) -> dict[str, Decimal]:
    return dict(
        warehouse.rows(f"""
            select cast(service_start_date as varchar), quantity from usage.usage_charges
            where contract_line_id = '{name}'
        """)
    )


@pytest.mark.parametrize("name", CASES)
def test_a_meter_measures_what_was_worked_by_hand(measured: Warehouse, name: str) -> None:
    _, expected = CASES[name]
    assert _quantities(measured, name) == {day: Decimal(each) for day, each in expected.items()}


def _one(folder: Path, *meters: tuple[str, dict[str, str]]) -> Warehouse:
    folder.mkdir(exist_ok=True)
    warehouse = Warehouse(folder)
    company(warehouse)
    for name, meter in meters:
        _declare(warehouse, name, **meter)
    return warehouse


CARRYING = [
    ("SUM", {"aggregation": "sum", "carried_units": "whole"}),
    ("TIME", {"aggregation": "weighted_sum", "carried_units": "prorated"}),
    ("DAYS", {"aggregation": "prorated_sum", "carried_units": "whole"}),
]


def test_units_are_not_charged_while_service_is_suspended(tmp_path: Path) -> None:
    """Ten units of 1 June: paused from the 11th to the 20th, 20 of 30 days are left of them."""
    warehouse = _one(tmp_path, *CARRYING)
    for name, _ in CARRYING:
        _sell(warehouse, name)
        _use(warehouse, name, [("2026-06-01 04:00", "10", {})])
        paused = pause(name, "P", "2026-06-11"), resume(name, "P", "2026-06-21")
        warehouse.insert("raw.events", paused)
    warehouse.build("+usage_charges")
    two_parts = {"2026-06-01": Decimal("3.333333"), "2026-06-21": Decimal("3.333333")}
    assert _quantities(warehouse, "TIME") == _quantities(warehouse, "DAYS") == two_parts
    assert _quantities(warehouse, "SUM") == {"2026-06-01": 5, "2026-06-21": 5}


def test_a_month_without_any_service_has_no_charge_for_units_that_stay(tmp_path: Path) -> None:
    warehouse = _one(tmp_path, *CARRYING)
    for name, _ in CARRYING:
        _sell(warehouse, name)
        _use(warehouse, name, TEN_IN_MAY)
        warehouse.insert("raw.events", [pause(name, "P", "2026-06-01")])
    warehouse.build("+usage_charges")
    for name, _ in CARRYING:
        assert list(_quantities(warehouse, name)) == ["2026-05-01"]


def test_units_stay_with_the_meter_when_another_line_takes_it_over(tmp_path: Path) -> None:
    """A plan switch on 11 June: the peak is sold once, and units go on with the new line."""
    meters = [*CARRYING, ("PEAK", {"aggregation": "max"})]
    warehouse = _one(tmp_path, *meters)
    for name, _ in meters:
        _sell(warehouse, name)
        lines = [usage_line(f"{name}-2", name, name)]
        switch = amendment(name, f"A-{name}", "2026-06-11", lines, term_end="2026-06-30")
        warehouse.insert("raw.events", [switch])
        used = TEN_IN_MAY if name != "PEAK" else [
            ("2026-06-02 12:00", "7", {}), ("2026-06-20 12:00", "9", {})
        ]  # fmt: skip
        _use(warehouse, name, used)
    warehouse.build("+usage_charges")
    for name, _ in CARRYING:
        assert _quantities(warehouse, name)["2026-06-01"] == Decimal("3.333333")
        assert _quantities(warehouse, f"{name}-2") == {"2026-06-11": Decimal("6.666667")}
    assert _quantities(warehouse, "PEAK") == {"2026-06-01": Decimal("2.333333")}
    assert _quantities(warehouse, "PEAK-2") == {"2026-06-11": 6}


def test_days_that_have_not_come_measure_nothing(tmp_path: Path) -> None:
    warehouse = _one(tmp_path, *CARRYING)
    run_as_of(warehouse, "2026-06-15 12:00:00")
    for name, _ in CARRYING:
        _sell(warehouse, name, "2026-06-20")
        _use(warehouse, name, TEN_IN_MAY)
    warehouse.build("+usage_charges")
    assert (
        warehouse.rows("""
        select usage_charge_id from usage.usage_measurements
        where usage_charge_id not in (select usage_charge_id from usage.usage_charges)
    """)
        == []
    )


def test_the_last_event_is_the_last_however_events_came(tmp_path: Path) -> None:
    found = []
    for first, second in ((1, 2), (2, 1)):
        warehouse = _one(tmp_path / str(first), ("LAST", {"aggregation": "latest"}))
        warehouse.execute("update run.parameters set raw_head = 3, events_head = 3")
        _sell(warehouse, "LAST")
        for name, number, quantity in (("a", first, "5"), ("b", second, "900")):
            row = usage(name, "2026-06-02 12:00:00", quantity, meter_code="LAST")
            warehouse.insert("raw.usage", [row | {"manifest_number": number}])
        warehouse.build("+usage_charges")
        found.append(_quantities(warehouse, "LAST"))
    assert found == [{"2026-06-01": 900}] * 2


def test_an_event_counts_on_the_meter_with_most_of_its_conditions(measured: Warehouse) -> None:
    assert _quantities(measured, "LARGE") == {"2026-06-01": 11}
    assert _quantities(measured, "OTHER") == {"2026-06-01": 2}
    assert measured.rows("""
        select event_id, meter_code, usage_charge_id from lineage.usage_event_charges
        where event_id like 'api %' order by event_id
    """) == [
        ("api 10", "LARGE", "LARGE|LARGE|1|2026-06"),
        ("api 11", "OTHER", "OTHER|OTHER|1|2026-06"),
        ("api 12", "LARGE", "LARGE|LARGE|1|2026-06"),
        ("api 13", "OTHER", "OTHER|OTHER|1|2026-06"),
    ]


def test_what_no_meter_can_measure_is_held(measured: Warehouse) -> None:
    """Without the property that is counted, by a meter's name that takes others, by none."""
    held = measured.rows("""
        select meter_code, hold_code, quantity, event_count from usage.held_usage order by 1
    """)
    assert held == [
        ("PAID", "USAGE_NOT_MEASURABLE", 4, 1),
        ("UNIQUE", "USAGE_NOT_MEASURABLE", 9, 1),
        ("plain", "CONTRACT_MISSING", 3, 1),
    ]
    assert measured.rows("""
        select count(*) from lineage.usage_event_charges
        where event_id in ('PAID 10', 'UNIQUE lacking10') and usage_charge_id is not null
    """) == [(0,)]


@pytest.fixture(scope="module")
def books(measured: Warehouse) -> Iterator[Books]:
    with duckdb.connect(str(measured.path), read_only=True) as marts, ExitStack() as opened:
        yield Books(marts, Home(Path(measured.path).parent), opened)


@pytest.mark.parametrize("name", CASES)
def test_every_quantity_comes_to_its_printed_arithmetic(books: Books, name: str) -> None:
    charges: list[Row] = books.ask(
        "select * from usage.usage_charges where contract_line_id = $1 order by 1", name
    )
    for charge in charges:
        explanation = explain_charge(books, charge["usage_charge_id"])
        lines = {line.name: line for line in read_lines(lines_of(explanation, everything=True))}
        assert [line for line in lines.values() if line.value != line.result] == []
        assert lines["quantity"].value == Fraction(charge["quantity"])
        assert explanation.is_proven
