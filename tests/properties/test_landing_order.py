"""However the same events are shuffled, split and repeated, the accepted set is the same."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from core.home import Home
from ingestion import manifest, raw_store
from ingestion.company import read_company
from ingestion.landing import ingest
from tests.company import event, json_lines, land, subscription, usage_csv, write_company

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
HEADER = "id,subject,time,meter,quantity,supersedes,cancels"
USAGE = [
    (f"u{n}", f"M{n % 2}", f"2026-01-0{n % 3 + 1}T0{n}:00:00Z", "api_calls", f"{n}.5", "", "")
    for n in range(6)
] + [
    ("u6", "M1", "2026-01-03T09:00:00Z", "api_calls", "7", "u0", ""),
    ("u7", "M0", "2026-01-04T09:00:00Z", "api_calls", "8", "u6", ""),
    ("c1", "", "2026-01-05T09:00:00Z", "", "", "", "u1"),
    ("c2", "", "2026-01-05T09:00:00Z", "", "", "", "u9"),  # which never comes
]
EVENTS = [
    event("subscription.created", subscription(contract_id=f"K{n}"), id=f"e{n}") for n in range(3)
]


@st.composite
def landings(draw: st.DrawFn) -> list[list[list[Any]]]:
    """Every event at least once, some again, in any order, in files, in ingests."""
    every = [*USAGE, *EVENTS]
    again = draw(st.lists(st.sampled_from(every), max_size=8))
    order = draw(st.permutations([*every, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), min_size=2, max_size=4)))
    files = [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    split = draw(st.integers(0, len(files)))
    return [part for part in (files[:split], files[split:]) if part]


def take_in(folder: Path, ingests: Sequence[Sequence[Sequence[Any]]]) -> tuple[list[Any], int]:
    """Return what was accepted, without where and when, and how many rows landed."""
    company, home = write_company(folder / "c"), Home(folder / "h")
    landed = 0
    for number, files in enumerate(ingests):
        for position, rows in enumerate(files):
            usage = [row for row in rows if isinstance(row, tuple)]
            events = [row for row in rows if isinstance(row, dict)]
            land(company, f"{number}/usage/{position}.csv", usage_csv(usage, HEADER))
            land(company, f"{number}/crm/{position}.jsonl", json_lines(events))
        result = ingest(read_company(company), home, NOW + timedelta(days=number))
        assert result.landed == result.accepted + result.duplicate
        landed += result.landed
    assert manifest.verify(home) == []
    head = manifest.read_head(home).number
    with duckdb.connect() as connection:
        raw_store.register_views(connection, home, reference_head=head, events_head=head)
        accepted = connection.execute(
            "select source, event_id, subject, meter_code, quantity, occurred_at, usage_day "
            "from raw.usage order by all"
        ).fetchall()
        accepted += connection.execute(
            "select source, event_id, corrected_event_id, is_cancellation, occurred_at "
            "from raw.usage_corrections order by all"
        ).fetchall()
        accepted += connection.execute(
            "select event_id, subject, meter_code, quantity, occurred_at, usage_day, "
            "correcting_event_id, is_cancellation from raw.corrected_usage order by all"
        ).fetchall()
        accepted += connection.execute(
            "select event_key, source, event_id, data, body_hash from raw.events order by all"
        ).fetchall()
        identities = connection.execute(
            "select identity_high, identity_low, body_hash, event_day from raw.identities "
            "order by all"
        ).fetchall()
    return [*accepted, *identities], landed


@settings(max_examples=8, deadline=None, derandomize=True)
@given(landings())
def test_any_order_and_batching_gives_the_same_accepted_set(
    ingests: list[list[list[Any]]],
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        expected, _ = take_in(Path(one), [[[*USAGE, *EVENTS]]])
        accepted, landed = take_in(Path(other), ingests)
    assert accepted == expected
    # A file landed twice under two names is counted too, so nothing that landed is missing.
    assert landed == sum(len(rows) for files in ingests for rows in files)
