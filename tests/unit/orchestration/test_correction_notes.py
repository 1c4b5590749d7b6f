"""The explanation of a charge names the corrections that moved it."""

from contextlib import ExitStack
from pathlib import Path

import duckdb

from core.home import Home
from orchestration.explain.books import Books
from orchestration.explain.corrections import correction_notes

_ROWS = """
    create schema usage;
    create table usage.usage_corrections as select * from (values
        ('m:1', 'u2', 'superseded', 'u1', 5.0, 'calls', 'C1', 4.0, 'calls', 'C1', 1),
        ('m:2', 'v1', 'cancelled', 'u3', 7.5, 'calls', 'C1', null, null, null, 2),
        ('m:3', 'u5', 'superseded', 'u4', 9.0, 'calls', 'C1', 9.0, 'calls', 'C2', 3),
        ('m:4', 'u7', 'superseded', 'u6', 1.0, 'calls', 'C1', 1.0, 'calls', null, 4),
        ('m:5', 'u9', 'superseded', 'u8', null, null, null, 3.0, 'calls', 'C1', 5)
    ) as rows (
        usage_correction_key, event_id, correction, corrected_event_id, quantity_before,
        meter_code_before, usage_charge_id_before, quantity_after, meter_code_after,
        usage_charge_id_after, known_at
    )
"""


def _notes(tmp_path: Path, more: str = "") -> list[str]:
    with duckdb.connect() as marts, ExitStack() as opened:
        marts.execute(_ROWS)
        if more:
            marts.execute(more)
        return correction_notes(Books(marts, Home(tmp_path), opened), "C1")


def test_each_correction_says_what_was_and_what_is(tmp_path: Path) -> None:
    assert _notes(tmp_path) == [
        "Usage event u1 over 5 calls was superseded by u2 over 4 calls.",
        "Usage event u3 over 7.5 calls was cancelled by v1.",
        "Usage event u4 over 9 calls was superseded by u5 over 9 calls, which is in C2.",
        "Usage event u6 over 1 calls was superseded by u7 over 1 calls, which is in no charge.",
        "Usage event u8, which has not come, is superseded by u9.",
    ]


def test_of_many_corrections_the_first_are_named(tmp_path: Path) -> None:
    again = "insert into usage.usage_corrections select * from usage.usage_corrections"
    notes = _notes(tmp_path, again)
    assert len(notes) == 6
    assert notes[-1].startswith("More of its events were corrected")
