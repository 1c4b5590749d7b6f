"""The invariant that every accepted event ends exactly once can fail.

Belongs here: dispositions made up to be wrong, against accepted events.
Does not: how an event gets its disposition (the models' unit tests).
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.dbt.given import event, usage
from tests.warehouse import BuildError, Warehouse

_INVARIANT = "assert_every_accepted_event_has_one_disposition"
_EVENTS = [event("customer.updated", name) for name in ("first", "second")]
_FIRST, _SECOND = (row["event_key"] for row in _EVENTS)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Two accepted business events and three of usage on one day."""
    warehouse = Warehouse(tmp_path)
    warehouse.insert("raw.events", _EVENTS)
    warehouse.execute("create schema if not exists intermediate")
    warehouse.execute(
        "create table intermediate.int_usage_by_day_part as select 'metering' as source,"
        " 'C1' as subject, 'calls' as meter_code, date '2026-02-01' as usage_day, 3 as event_count"
    )
    warehouse.execute("create schema if not exists reconciliation")
    return warehouse


def _judge(
    warehouse: Warehouse,
    business: list[str],
    usage: list[tuple[str, int]],
    cancellations: Sequence[str] = (),
) -> None:
    rows = [f"('{key}', 'e', 'crm', null, null, null, 1)" for key in business]
    rows += [
        f"(null, null, 'metering', '{subject}', 'calls', date '2026-02-01', {count})"
        for subject, count in usage
    ]
    rows += [f"(null, '{key}', 'metering', null, null, null, 1)" for key in cancellations]
    warehouse.execute(
        "create or replace table reconciliation.event_dispositions as select * from"
        f" (values {', '.join(rows)})"
        " as rows (event_key, event_id, source, subject, meter_code, usage_day, event_count)"
    )
    warehouse.invoke(["test", "--select", _INVARIANT])


def test_each_event_once_is_right(warehouse: Warehouse) -> None:
    _judge(warehouse, [_FIRST, _SECOND], [("C1", 2), ("C1", 1)])


@pytest.mark.parametrize(
    ("business", "usage"),
    [
        pytest.param([_FIRST], [("C1", 3)], id="a business event is lost"),
        pytest.param([_FIRST, _SECOND, _SECOND], [("C1", 3)], id="one ends twice"),
        pytest.param([_FIRST, "stranger"], [("C1", 3)], id="a stranger in the place of one"),
        pytest.param([_FIRST, _SECOND], [("C1", 2)], id="usage is lost"),
        pytest.param([_FIRST, _SECOND], [("C1", 2), ("C2", 1)], id="usage of somebody else"),
    ],
)
def test_anything_else_fails(
    warehouse: Warehouse, business: list[str], usage: list[tuple[str, int]]
) -> None:
    with pytest.raises(BuildError, match=_INVARIANT):
        _judge(warehouse, business, usage)


def test_a_corrected_event_and_its_cancellation_end_once_each(warehouse: Warehouse) -> None:
    corrected = usage("u1", "2026-02-01 10:00:00", subject="C1")
    warehouse.insert(
        "raw.corrected_usage",
        [
            {name: corrected[name] for name in ("source", "event_id", "subject", "meter_code")}
            | {"usage_day": "2026-02-01", "correcting_event_id": "c1", "is_cancellation": True}
        ],
    )
    warehouse.insert(
        "raw.usage_corrections",
        [{"source": "metering", "event_id": "c1", "is_cancellation": True}],
    )
    both = [_FIRST, _SECOND]
    _judge(warehouse, both, [("C1", 3), ("C1", 1)], ["c1"])
    for usage_rows, cancellations in (([("C1", 3)], ["c1"]), ([("C1", 4)], [])):
        with pytest.raises(BuildError, match=_INVARIANT):
            _judge(warehouse, both, usage_rows, cancellations)
