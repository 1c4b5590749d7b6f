"""Holds by people, whichever of their events arrives first.

Belongs here: what stg_events__holds makes of events.
Does not: what a hold does to the books (tests.integration.test_operator_holds).
"""

from itertools import permutations

import pytest

from tests.unit.dbt.given import event
from tests.warehouse import Row, Warehouse

HELD = """
    select hold_id, subject_key, placed_by, is_released, released_by
    from staging.stg_events__holds order by all
"""


def _placed(hold_id: str, contract_id: str, at: str) -> Row:
    data = {"hold_id": hold_id, "subject_type": "contract", "subject_key": contract_id}
    return event(
        "hold.placed", f"placed-{hold_id}", source="operator", at=at,
        **data, reason="Disputed.", placed_by="frida",
    )  # fmt: skip


def _released(hold_id: str, event_id: str, at: str, by: str, source: str = "operator") -> Row:
    return event(
        "hold.released", event_id, source=source, at=at,
        hold_id=hold_id, reason="Settled.", released_by=by,
    )  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse without events."""
    return Warehouse(tmp_path_factory.mktemp("holds"))


def test_a_released_hold_is_released_whichever_event_came_first(
    warehouse: Warehouse,
) -> None:
    events = [
        _placed("H1", "K1", "2026-02-02"),
        _released("H1", "r1", "2026-02-01", "otto"),
        _released("H1", "r2", "2026-02-03", "anna"),
    ]
    for position, order in enumerate(permutations(events)):
        known = [
            row | {"known_at": f"2026-03-0{number}", "manifest_number": number}
            for number, row in enumerate(order, start=1)
        ]
        warehouse.replace("raw.events", known)
        warehouse.build("stg_events__holds")
        assert warehouse.rows(HELD) == [("H1", "K1", "frida", True, "otto")], position


def test_a_release_ends_its_own_hold_alone(warehouse: Warehouse) -> None:
    warehouse.replace(
        "raw.events",
        [
            _placed("H1", "K1", "2026-02-01"),
            _placed("H2", "K1", "2026-02-01"),
            _released("H1", "r1", "2026-02-02", "otto"),
            _released("H3", "r3", "2026-02-02", "otto"),
            _released("H2", "r2", "2026-02-02", "a system", source="crm"),
        ],
    )
    warehouse.build("stg_events__holds")
    assert warehouse.rows(HELD) == [
        ("H1", "K1", "frida", True, "otto"),
        ("H2", "K1", "frida", False, None),
    ]
