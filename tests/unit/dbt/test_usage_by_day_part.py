"""Usage is added up once: a run reads what came since the last, and ends where a rebuild ends.

Belongs here: what `int_usage_by_day_part` adds, keeps and forgets, built by dbt itself.
Does not: which contract a part meets (test_usage_models).
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingestion.meter_tables import AGGREGATIONS
from tests.unit.dbt.given import company, legal_entity
from tests.warehouse import BuildError, Row, Warehouse

_MODEL = "int_usage_by_day_part"
_STATE = f"""
    select * exclude (last_entry_hash, time_zones, code_version) from intermediate.{_MODEL}
    order by all
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A company of New York and Berlin; nothing has landed."""
    (tmp_path / "one").mkdir()
    return _of_two_zones(tmp_path / "one")


def _of_two_zones(folder: Path) -> Warehouse:
    warehouse = Warehouse(folder)
    company(warehouse, legal_entity("US"), legal_entity("DE", "Europe/Berlin"))
    _may_see(warehouse, 3)
    return warehouse


def _may_see(warehouse: Warehouse, head: int) -> None:
    warehouse.execute(f"update run.parameters set raw_head = 3, events_head = {head}")


def _land(warehouse: Warehouse, number: int, rows: Sequence[Row]) -> None:
    known_at = f"2026-04-{number:02d} 06:00:00"
    warehouse.insert(
        "raw.usage", [{"manifest_number": number, "known_at": known_at} | dict(row) for row in rows]
    )


def _event(instant: str, quantity: str, subject: str = "S1") -> dict[str, str]:
    return {
        "source": "metering",
        "event_id": f"{subject} {instant} {quantity}",
        "subject": subject,
        "meter_code": "calls",
        "quantity": quantity,
        "occurred_at": instant,
        "usage_day": instant[:10],
    }


def _build(warehouse: Warehouse) -> list[tuple[str, str, int]]:
    warehouse.invoke(["build", "--select", f"+{_MODEL}", "--exclude-resource-type", "test"])
    return warehouse.rows(
        "select subject, strftime(part_start_at, '%d %H:%M'), quantity::int"
        f" from intermediate.{_MODEL} order by all"
    )


def test_what_came_since_is_added_and_nothing_is_read_twice(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1"), _event("2026-03-09 01:00:00", "2")])
    assert _build(warehouse) == [("S1", "09 00:00", 2), ("S1", "09 04:00", 1)]
    warehouse.execute("update raw.usage set quantity = 1000")
    _land(warehouse, 2, [_event("2026-03-09 11:00:00", "4"), _event("2026-03-10 05:00:00", "8")])
    assert _build(warehouse) == [
        ("S1", "09 00:00", 2),
        ("S1", "09 04:00", 5),
        ("S1", "10 04:00", 8),
    ]
    assert _build(warehouse) == _build(warehouse)


def test_a_day_that_is_not_what_its_raw_files_hold_stops_the_run(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1")])
    _build(warehouse)
    warehouse.execute("update raw.usage set quantity = 1000")
    with pytest.raises(BuildError, match="assert_usage_is_added_up_whole"):
        warehouse.invoke(["test", "--select", "assert_usage_is_added_up_whole"])
    warehouse.insert("ledger.batches", [{"batch_number": 1, "raw_head": 1}])
    warehouse.invoke(["test", "--select", "assert_usage_is_added_up_whole"])


def _correct(warehouse: Warehouse, number: int, *events: Row, when: int | None = None) -> None:
    """Say in an ingest that usage counts no more; `when` it is, if other than the first."""
    warehouse.insert(
        "raw.corrected_usage",
        [
            {
                "manifest_number": number,
                "usage_manifest_number": when or 1,
                "correcting_event_id": f"corrects {event['event_id']}",
                "is_cancellation": True,
                "known_at": f"2026-04-{number:02d} 06:00:00",
            }
            | dict(event)
            for event in events
        ],
    )
    warehouse.insert(
        "raw.manifest",
        [{"manifest_number": number, "entry_kind": "landing", "entry_hash": f"hash of {number}"}],
    )


def test_what_is_corrected_later_is_taken_out_and_its_day_is_added_up_anew(
    warehouse: Warehouse,
) -> None:
    wrong, right = _event("2026-03-09 10:00:00", "64"), _event("2026-03-09 11:00:00", "1")
    _land(warehouse, 1, [wrong, right, _event("2026-03-10 11:00:00", "4")])
    assert _build(warehouse) == [("S1", "09 04:00", 65), ("S1", "10 04:00", 4)]
    _correct(warehouse, 2, wrong)
    _land(warehouse, 2, [_event("2026-03-09 01:00:00", "2"), _event("2026-03-10 12:00:00", "8")])
    expected = [("S1", "09 00:00", 2), ("S1", "09 04:00", 1), ("S1", "10 04:00", 12)]
    assert _build(warehouse) == expected
    assert _build(warehouse) == expected
    warehouse.invoke(["test", "--select", "assert_usage_is_added_up_whole"])


def test_a_part_that_lost_all_its_events_stays_as_nothing(warehouse: Warehouse) -> None:
    wrong = _event("2026-03-09 10:00:00", "64")
    _land(warehouse, 1, [wrong, _event("2026-03-09 10:00:00", "1", "S2")])
    _build(warehouse)
    _correct(warehouse, 2, wrong)
    assert _build(warehouse) == [("S1", "09 04:00", 0), ("S2", "09 04:00", 1)]
    assert warehouse.rows(
        "select event_count, last_manifest_number, last_entry_hash"
        f" from intermediate.{_MODEL} where subject = 'S1'"
    ) == [(0, 2, "hash of 2")]
    _land(warehouse, 3, [_event("2026-03-09 12:00:00", "5")])
    assert _build(warehouse) == [("S1", "09 04:00", 5), ("S2", "09 04:00", 1)]


def test_what_came_after_its_correction_is_never_added(warehouse: Warehouse) -> None:
    wrong = _event("2026-03-09 10:00:00", "64")
    _land(warehouse, 1, [_event("2026-03-09 11:00:00", "1")])
    _build(warehouse)
    _land(warehouse, 2, [wrong])
    _correct(warehouse, 2, wrong, when=2)
    assert _build(warehouse) == [("S1", "09 04:00", 1)]


def test_only_the_days_of_the_customer_are_read_anew(warehouse: Warehouse) -> None:
    wrong, others = _event("2026-03-09 10:00:00", "64"), _event("2026-03-09 10:00:00", "1", "S2")
    another_day = _event("2026-03-11 10:00:00", "2")
    _land(warehouse, 1, [wrong, others, another_day])
    _build(warehouse)
    warehouse.execute("update raw.usage set quantity = 1000")
    _correct(warehouse, 2, wrong)
    assert _build(warehouse) == [
        ("S1", "09 04:00", 0),
        ("S1", "11 04:00", 2),
        ("S2", "09 04:00", 1),
    ]


def test_a_run_that_may_not_see_a_correction_counts_what_it_corrects(
    warehouse: Warehouse,
) -> None:
    wrong = _event("2026-03-09 10:00:00", "64")
    _land(warehouse, 1, [wrong])
    _correct(warehouse, 2, wrong)
    assert _build(warehouse) == [("S1", "09 04:00", 0)]
    warehouse.execute("delete from raw.corrected_usage")
    _may_see(warehouse, 1)
    assert _build(warehouse) == [("S1", "09 04:00", 64)]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("delete from raw.corrected_usage", id="a correction that was applied is gone"),
        pytest.param(
            f"update intermediate.{_MODEL} set quantity = 64, event_count = 1",
            id="a correction was not applied",
        ),
        pytest.param(
            f"update intermediate.{_MODEL} set quantity = -64, event_count = -1",
            id="a correction was applied twice",
        ),
    ],
)
def test_a_correction_that_is_lost_or_counted_twice_stops_the_run(
    warehouse: Warehouse, fault: str
) -> None:
    wrong = _event("2026-03-09 10:00:00", "64")
    _land(warehouse, 1, [wrong])
    _correct(warehouse, 2, wrong)
    _build(warehouse)
    warehouse.invoke(["test", "--select", "assert_usage_is_added_up_whole"])
    warehouse.execute(fault)
    with pytest.raises(BuildError, match="assert_usage_is_added_up_whole"):
        warehouse.invoke(["test", "--select", "assert_usage_is_added_up_whole"])


def test_another_time_zone_cuts_all_days_anew(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1"), _event("2026-03-09 16:00:00", "2")])
    assert _build(warehouse) == [("S1", "09 04:00", 3)]
    warehouse.insert("raw.reference_legal_entities", [legal_entity("JP", "Asia/Tokyo")])
    assert _build(warehouse) == [("S1", "09 04:00", 1), ("S1", "09 15:00", 2)]


def test_another_release_adds_up_from_the_beginning(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1")])
    _build(warehouse)
    warehouse.execute("update raw.usage set quantity = 7")
    warehouse.execute("update run.parameters set code_version = 'next'")
    assert _build(warehouse) == [("S1", "09 04:00", 7)]


def test_another_raw_store_is_added_up_from_its_beginning(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1")])
    _build(warehouse)
    warehouse.execute("delete from raw.usage")
    warehouse.execute("delete from raw.manifest")
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "7")])
    warehouse.execute("update raw.manifest set entry_hash = 'of another store'")
    assert _build(warehouse) == [("S1", "09 04:00", 7)]


def test_a_store_that_lost_an_ingest_is_added_up_from_its_beginning(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1")])
    _land(warehouse, 2, [_event("2026-03-09 10:00:00", "2")])
    _build(warehouse)
    warehouse.execute("delete from raw.usage where manifest_number = 2")
    warehouse.execute("delete from raw.manifest where manifest_number = 2")
    assert _build(warehouse) == [("S1", "09 04:00", 1)]


def test_a_run_that_may_see_less_adds_up_from_the_beginning(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1")])
    _land(warehouse, 2, [_event("2026-03-09 10:00:00", "2")])
    _build(warehouse)
    warehouse.execute("delete from raw.usage where manifest_number = 2")
    _may_see(warehouse, 1)
    assert _build(warehouse) == [("S1", "09 04:00", 1)]


def _declare(warehouse: Warehouse, **meters: str) -> None:
    warehouse.replace(
        "raw.reference_meters",
        [
            {
                "meter_code": code,
                "aggregation": aggregation,
                "unique_property": "user" if "unique" in aggregation else None,
                "operation_property": "op" if "unique" in aggregation else None,
            }
            for code, aggregation in meters.items()
        ],
    )


def test_another_declaration_measures_from_the_beginning(warehouse: Warehouse) -> None:
    _land(warehouse, 1, [_event("2026-03-09 10:00:00", "1"), _event("2026-03-09 11:00:00", "2")])
    measured = f"select aggregation, value::int from intermediate.{_MODEL}"
    _declare(warehouse, calls="max")
    _build(warehouse)
    assert warehouse.rows(measured) == [("max", 2)]
    _build(warehouse)
    assert warehouse.rows(measured) == [("max", 2)]
    _declare(warehouse, calls="count")
    _build(warehouse)
    assert warehouse.rows(measured) == [("count", 2)]


def test_what_is_left_of_a_corrected_day_is_no_measurement(warehouse: Warehouse) -> None:
    _declare(warehouse, calls="max")
    wrong = _event("2026-03-09 10:00:00", "2")
    _land(warehouse, 1, [wrong])
    _correct(warehouse, 1, wrong)
    _build(warehouse)
    _land(warehouse, 2, [_event("2026-03-09 12:00:00", "-1")])
    _build(warehouse)
    assert warehouse.rows(f"select aggregation, value from intermediate.{_MODEL}") == [("max", -1)]


def test_in_many_steps_or_in_one_it_is_the_same(warehouse: Warehouse, tmp_path: Path) -> None:
    chance = random.Random(7)
    meters = {name: name for name in AGGREGATIONS}
    batches = [
        [
            _event(
                f"2026-03-{chance.randint(7, 10):02d} {chance.randint(0, 23):02d}:30:00",
                f"{chance.randint(1, 9)}.000001",
                f"S{chance.randint(1, 3)}",
            )
            | {
                "meter_code": chance.choice(["calls", *meters]),
                "properties": json.dumps(
                    {"user": chance.choice("abc"), "op": chance.choice(["add", "remove"])}
                ),
            }
            for _ in range(120)
        ]
        for _ in range(3)
    ]
    for position, row in enumerate([row for batch in batches for row in batch]):
        row["event_id"] = f"event {position}"
    corrected = [
        (chance.randint(first, 3), first, row)
        for first, batch in enumerate(batches, start=1)
        for row in chance.sample(batch, 9)
    ]
    _declare(warehouse, **meters)
    for number, batch in enumerate(batches, start=1):
        _land(warehouse, number, batch)
        for known, first, row in corrected:
            if known == number:
                _correct(warehouse, known, row, when=first)
        _build(warehouse)
    (tmp_path / "other").mkdir()
    other = _of_two_zones(tmp_path / "other")
    _declare(other, **meters)
    for number, batch in enumerate(batches, start=1):
        _land(other, number, batch)
    for known, first, row in corrected:
        _correct(other, known, row, when=first)
    _build(other)
    assert warehouse.rows(_STATE) == other.rows(_STATE)
