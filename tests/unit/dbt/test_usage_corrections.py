"""Corrected usage: what charges, dispositions, exceptions and the drill-back say of it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.dbt.given import company, price, subscription, usage, usage_line
from tests.warehouse import BuildError, Row, Warehouse

_SELECT = (
    "+usage_charges +held_usage +usage_corrections +usage_event_charges +event_dispositions"
    " +int_exceptions_from_ingestion"
)
_AT = "2026-01-10 12:00:00"


def _corrects(event_id: str, corrected: str, after: Row | None = None) -> Row:
    """Return a correction: a cancellation unless there is a replacement."""
    replacement = (
        {name: after[name] for name in ("subject", "meter_code", "quantity")} if after else {}
    )
    return {
        "manifest_number": 1,
        "source": "metering",
        "event_id": event_id,
        "corrected_event_id": corrected,
        "is_cancellation": after is None,
        "occurred_at": after["occurred_at"] if after else "2026-02-03 00:00:00",
        "known_at": "2026-02-03 00:00:00",
        "reason": "miscounted",
    } | replacement


def _corrected(row: Row, by: str, *, is_cancellation: bool) -> Row:
    """Return what counts no more."""
    columns = ("source", "event_id", "subject", "meter_code", "quantity", "occurred_at")
    return {name: row[name] for name in (*columns, "usage_day")} | {
        "manifest_number": 1,
        "usage_manifest_number": 1,
        "correcting_event_id": by,
        "is_cancellation": is_cancellation,
        "known_at": "2026-02-03 00:00:00",
    }


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract at 0.50 a call, with usage of January that is corrected in every way."""
    warehouse = Warehouse(tmp_path_factory.mktemp("corrected"))
    company(warehouse)
    for table, rows in price("P1", "per_unit", [("", "0.5", "")]).items():
        warehouse.insert(table, rows)
    warehouse.insert("raw.events", [subscription("K", [usage_line("K-1")])])
    wrong, right = usage("u1", _AT, "100"), usage("u2", _AT, "10")
    void = usage("u3", _AT, "1000")
    first, second = usage("u4", _AT, "7", subject="nobody"), usage("u5", _AT, "8")
    last = usage("u6", _AT, "2")
    warehouse.insert("raw.usage", [wrong, right, void, first, second, last, usage("u7", _AT, "1")])
    warehouse.insert(
        "raw.usage_corrections",
        [
            _corrects("u2", "u1", right),
            _corrects("c1", "u3"),
            _corrects("u5", "u4", second),
            _corrects("u6", "u5", last),
            _corrects("c2", "u9"),
            _corrects("c3", "c1"),
        ],
    )
    warehouse.insert(
        "raw.corrected_usage",
        [
            _corrected(wrong, "u2", is_cancellation=False),
            _corrected(void, "c1", is_cancellation=True),
            _corrected(first, "u5", is_cancellation=False),
            _corrected(second, "u6", is_cancellation=False),
        ],
    )
    warehouse.build(_SELECT, unit_tests=True)
    return warehouse


def test_a_charge_is_of_the_events_that_count(corrected: Warehouse) -> None:
    assert corrected.rows("""
        select quantity, event_count, charge_minor from usage.usage_charges
        where accounting_period = '2026-01'
    """) == [(Decimal(13), 3, 650)]  # 10 + 2 + 1 calls at 0.50
    assert corrected.rows("select * from usage.held_usage") == []


def test_an_event_says_what_corrects_it_and_is_in_no_charge(corrected: Warehouse) -> None:
    assert corrected.rows("""
        select event_id, correction, correcting_event_id, usage_charge_id is not null
        from lineage.usage_event_charges order by event_id
    """) == [
        ("u1", "superseded", "u2", False),
        ("u2", None, None, True),
        ("u3", "cancelled", "c1", False),
        ("u4", "superseded", "u5", False),
        ("u5", "superseded", "u6", False),
        ("u6", None, None, True),
        ("u7", None, None, True),
    ]


def test_a_correction_shows_both_sides_and_the_charges_it_moved(corrected: Warehouse) -> None:
    charge = "K|K-1|1|2026-01"
    columns = """
        event_id, corrected_event_id, correction, status, quantity_before, usage_charge_id_before,
        quantity_after, usage_charge_id_after, corrected_again_by
    """
    found = corrected.rows(f"select {columns} from usage.usage_corrections order by event_id")
    expected: list[tuple[Any, ...]] = [
        ("c1", "u3", "cancelled", "applied", Decimal(1000), charge, None, None, None),
        ("c2", "u9", "cancelled", "waiting", None, None, None, None, None),
        ("c3", "c1", "cancelled", "corrects_a_cancellation", None, None, None, None, None),
        ("u2", "u1", "superseded", "applied", Decimal(100), charge, Decimal(10), charge, None),
        ("u5", "u4", "superseded", "applied", Decimal(7), None, Decimal(8), None, "u6"),
        ("u6", "u5", "superseded", "applied", Decimal(8), charge, Decimal(2), charge, None),
    ]
    assert found == expected


def test_every_event_and_cancellation_ends_somewhere(corrected: Warehouse) -> None:
    assert corrected.rows("""
        select event_type, reason_code, disposition, sum(event_count)::int
        from reconciliation.event_dispositions where source = 'metering' and reason_code in (
            'USAGE_SUPERSEDED', 'USAGE_CANCELLED', 'USAGE_CANCELLATION', 'USAGE_CORRECTION_WAITS'
        ) group by all order by all
    """) == [
        ("usage.cancelled", "USAGE_CANCELLATION", "no_financial_effect", 1),
        ("usage.cancelled", "USAGE_CORRECTION_WAITS", "held", 2),
        ("usage.recorded", "USAGE_CANCELLED", "no_financial_effect", 1),
        ("usage.recorded", "USAGE_SUPERSEDED", "no_financial_effect", 3),
    ]


def test_a_correction_of_what_is_not_there_is_an_exception(corrected: Warehouse) -> None:
    assert corrected.rows("""
        select subject_key, sentence from intermediate.int_exceptions_from_ingestion
        where code = 'USAGE_CORRECTION_WAITS' order by 1
    """) == [
        (
            "metering:c2",
            "Usage event c2 of metering says that u9 is cancelled, which has not come: when it "
            "comes it will not count.",
        ),
        (
            "metering:c3",
            "Usage event c3 of metering says that c1 is cancelled, which is a cancellation itself: "
            "nothing takes one back.",
        ),
    ]


@pytest.mark.parametrize(
    ("fault", "proof"),
    [
        (
            "update usage.daily_usage set event_count = event_count + 1",
            "assert_usage_is_charged_or_held",
        ),
        (
            "delete from raw.corrected_usage where event_id = 'u3'",
            "assert_usage_is_charged_or_held",
        ),
        (
            "delete from raw.usage_corrections where event_id = 'c1'",
            "assert_usage_is_charged_or_held",
        ),
    ],
)
def test_a_correction_that_is_dropped_or_applied_twice_stops_the_run(
    corrected: Warehouse, fault: str, proof: str
) -> None:
    corrected.invoke(["test", "--select", proof])
    sound = corrected.path.read_bytes()
    corrected.execute(fault)
    try:
        with pytest.raises(BuildError, match=proof):
            corrected.invoke(["test", "--select", proof])
    finally:
        corrected.path.write_bytes(sound)
