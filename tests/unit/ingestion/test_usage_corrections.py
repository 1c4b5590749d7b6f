"""A usage event is superseded or cancelled by a later row; both stay, and one of them counts."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.home import Home
from ingestion import manifest
from ingestion.company import read_company
from ingestion.replays import Replay, open_rows, replay
from tests.company import COMPANY_YAML, json_lines, land, usage_csv, write_company
from tests.unit.ingestion.store import NOW, rows, take_in

_HEADER = "id,subject,time,meter,quantity,supersedes,cancels,correction_reason"
_COUNTS = "event_id, correcting_event_id, is_cancellation, usage_manifest_number, manifest_number"


def first(event_id: str = "u1", quantity: str = "5", **changes: Any) -> dict[str, Any]:
    """Return a row of usage."""
    return {
        "id": event_id,
        "subject": "M1",
        "time": "2026-01-05T10:00:00Z",
        "meter": "api_calls",
        "quantity": quantity,
    } | changes


def cancelling(event_id: str, cancelled: str, **changes: Any) -> dict[str, Any]:
    """Return a row that cancels: it has nothing but what a cancellation needs."""
    return {"id": event_id, "time": "2026-02-01T00:00:00Z", "cancels": cancelled} | changes


def take(tmp_path: Path, *landings: list[dict[str, Any]]) -> Path:
    """Take each landing in on its own and return the home."""
    company = write_company(tmp_path / "c")
    for number, landing in enumerate(landings):
        land(company, f"{number}/usage/a.jsonl", json_lines(landing))
        take_in(company, tmp_path / "h", NOW + timedelta(days=number))
    return tmp_path / "h"


def met(home: Path) -> list:
    return rows(home, "corrected_usage", _COUNTS)


def landed(home: Path) -> list:
    """Return what landed of each ingest, and how much of it was accepted, again or refused."""
    counted = ", ".join(f"{name}_count" for name in ("landed", "accepted", "duplicate"))
    columns = f"manifest_number, {counted}, quarantined_count"
    return rows(home, "manifest where entry_kind = 'landing'", columns)


def refused(home: Path) -> list:
    return rows(home, "quarantine", "reason_code, event_id, sentence")


def test_a_replacement_is_usage_and_what_it_replaces_stays_but_counts_no_more(
    tmp_path: Path,
) -> None:
    moved = first("u2", "7.5", subject="M2", time="2026-01-09T01:00:00Z", meter="gb")
    home = take(tmp_path, [first()], [moved | {"supersedes": "u1", "correction_reason": "M2's"}])
    assert rows(home, "usage", "event_id, quantity") == [
        ("u1", Decimal(5)),
        ("u2", Decimal("7.5")),
    ]
    columns = "manifest_number, source, event_id, corrected_event_id, is_cancellation, reason"
    assert rows(home, "usage_corrections", f"{columns}, landed_path, landed_line") == [
        (2, "metering", "u2", "u1", False, "M2's", "landing/1/usage/a.jsonl", 1)
    ]
    columns = "source, event_id, subject, meter_code, quantity, usage_day, correcting_event_id"
    assert rows(home, "corrected_usage", columns) == [
        ("metering", "u1", "M1", "api_calls", Decimal(5), date(2026, 1, 5), "u2")
    ]
    assert met(home) == [("u1", "u2", False, 1, 2)]
    assert rows(home, "usage", "event_id", 1) == ["u1"]
    assert rows(home, "corrected_usage", "event_id", 1) == []
    assert manifest.verify(Home(home)) == []


def test_a_cancellation_needs_no_usage_of_its_own_and_is_none(tmp_path: Path) -> None:
    home = take(tmp_path, [first(), first("u2")], [cancelling("c1", "u1")])
    assert rows(home, "usage", "event_id") == ["u1", "u2"]
    assert met(home) == [("u1", "c1", True, 1, 2)]
    assert landed(home)[-1] == (2, 1, 1, 0, 0)
    assert len(rows(home, "identities")) == 3


def test_a_csv_of_cancellations_has_three_columns(tmp_path: Path) -> None:
    company = write_company(tmp_path / "c")
    land(company, "usage/a.csv", usage_csv([("u1", "M1", "2026-01-05T10:00:00Z", "calls", "5")]))
    land(
        company,
        "usage/b.csv",
        usage_csv([("c1", "2026-01-06T00:00:00Z", "u1")], "id,time,cancels"),
    )
    take_in(company, tmp_path / "h")
    assert met(tmp_path / "h") == [("u1", "c1", True, 1, 1)]
    assert refused(tmp_path / "h") == []


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    plain = 'usage, files: "usage/*"'
    mapping = "{supersedes: replaces_event, cancels: void_of, correction_reason: why}"
    text = COMPANY_YAML.replace(plain, f"{plain}, columns: {mapping}")
    company = write_company(tmp_path / "c", company_yaml=text)
    header = "id,subject,time,meter,quantity,replaces_event,void_of,why,cancels"
    row = ("M1", "2026-01-05T10:00:00Z", "calls")
    land(
        company,
        "usage/a.csv",
        usage_csv(
            [
                ("u1", *row, "5", "", "", "", "3"),
                ("u2", *row, "6", "u1", "", "typo", ""),
                ("u3", "", "2026-01-05T10:00:00Z", "", "", "", "u2", "", ""),
            ],
            header,
        ),
    )
    take_in(company, tmp_path / "h")
    assert met(tmp_path / "h") == [("u1", "u2", False, 1, 1), ("u2", "u3", True, 1, 1)]
    assert rows(tmp_path / "h", "usage_corrections", "reason") == ["typo", None]
    assert json.loads(min(rows(tmp_path / "h", "usage", "properties"))) == {"cancels": "3"}


def test_a_correction_waits_for_the_event_it_names(tmp_path: Path) -> None:
    home = take(
        tmp_path,
        [first("u2", supersedes="u1"), cancelling("c1", "u3")],
        [first("u8")],
        [first("u1"), first("u3")],
    )
    assert rows(home, "usage", "event_id") == ["u1", "u2", "u3", "u8"]
    assert met(home) == [("u1", "u2", False, 3, 3), ("u3", "c1", True, 3, 3)]
    assert rows(home, "corrected_usage", "event_id", 2) == []


def test_whoever_corrects_a_replacement_names_the_replacement(tmp_path: Path) -> None:
    home = take(tmp_path, [first()], [first("u2", supersedes="u1")], [cancelling("c1", "u2")])
    assert met(home) == [("u1", "u2", False, 1, 2), ("u2", "c1", True, 2, 3)]
    assert refused(home) == []


def test_the_same_correction_again_is_a_duplicate(tmp_path: Path) -> None:
    corrections = [first("u2", supersedes="u1"), cancelling("c1", "u3")]
    home = take(tmp_path, [first(), first("u3"), *corrections], [*corrections, first("u9")])
    assert landed(home)[-1] == (2, 3, 1, 2, 0)
    assert len(rows(home, "usage_corrections")) == 2
    assert len(met(home)) == 2


@pytest.mark.parametrize("in_one", [True, False])
def test_a_second_correction_of_an_event_is_quarantined(tmp_path: Path, in_one: bool) -> None:
    landings = [
        [first("u1"), first("u4")],
        [first("u2", supersedes="u1"), cancelling("c1", "u4")],
        [first("u3", supersedes="u1"), first("u5", supersedes="u4")],
    ]
    if in_one:
        landings = [[row for landing in landings for row in landing]]
    home = take(tmp_path, *landings)
    assert refused(home) == [
        (
            "USAGE_CORRECTED_TWICE",
            "u3",
            "Usage u3 of metering corrects u1, which u2 has superseded. The first stands. "
            "Have the source send a correction of u2 instead.",
        ),
        (
            "USAGE_CORRECTED_TWICE",
            "u5",
            "Usage u5 of metering corrects u4, which c1 has cancelled. The first stands. "
            "If it was used after all, have the source send the usage as a new event.",
        ),
    ]
    assert [row[:2] for row in met(home)] == [("u1", "u2"), ("u4", "c1")]
    assert rows(home, "usage", "event_id") == ["u1", "u2", "u4"]
    assert sum(accepted for _, _, accepted, _, _ in landed(home)) == 4


def test_a_second_correction_is_accepted_once_it_names_the_first(tmp_path: Path) -> None:
    home = take(tmp_path, [first(), first("u2", supersedes="u1"), first("u3", supersedes="u1")])
    [row] = open_rows(Home(home))
    text = row.raw_text.replace('"supersedes":"u1"', '"supersedes":"u2"')
    assert text != row.raw_text
    company = read_company(tmp_path / "c")
    result = replay(company, Home(home), [Replay(row=row, text=text)], NOW, by="ana", reason="ok")
    assert list(result.outcomes.values()) == ["accepted"]
    assert [each[:2] for each in met(home)] == [("u1", "u2"), ("u2", "u3")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            first("u1", supersedes="u0", cancels="u9"),
            "The usage row supersedes u0 and cancels u9. It can say one of both: have the source "
            "send the replacement with supersedes alone, or the cancellation with cancels alone.",
        ),
        (
            first("u1", supersedes="u1"),
            "The usage row u1 corrects itself. Have the source send the correction with its own "
            "id and name the event it corrects.",
        ),
        (
            cancelling("c1", "c1"),
            "The usage row c1 corrects itself. Have the source send the correction with its own "
            "id and name the event it corrects.",
        ),
    ],
)
def test_a_correction_is_clear_about_what_it_corrects(
    tmp_path: Path, row: dict[str, Any], sentence: str
) -> None:
    home = take(tmp_path, [row])
    assert refused(home) == [("USAGE_CORRECTION_UNCLEAR", row["id"], sentence)]
    assert rows(home, "usage_corrections") == []


def test_what_closes_a_circle_is_quarantined(tmp_path: Path) -> None:
    home = take(
        tmp_path,
        [first("u1", supersedes="u3"), first("u2", supersedes="u1")],
        [first("u3", supersedes="u2"), first("u4", supersedes="u2x")],
    )
    assert refused(home) == [
        (
            "USAGE_CORRECTION_UNCLEAR",
            "u3",
            "Usage u3 of metering corrects u2, and u1 corrects u3: in a circle nothing counts. "
            "Have the source say which event replaces which.",
        )
    ]
    assert [row[:2] for row in met(home)] == [("u1", "u2")]


def _circle_closed_by(event_id: str, corrected: str, other: str) -> tuple[str, str, str]:
    return (
        "USAGE_CORRECTION_UNCLEAR",
        event_id,
        f"Usage {event_id} of metering corrects {corrected}, and {other} corrects {event_id}: "
        "in a circle nothing counts. Have the source say which event replaces which.",
    )


@pytest.mark.parametrize("in_one", [True, False])
@pytest.mark.parametrize(("kept", "closing"), [("a", "b"), ("b", "a")])
def test_of_two_that_replace_each_other_the_first_counts(
    tmp_path: Path, kept: str, closing: str, in_one: bool
) -> None:
    landings = [[first(kept, supersedes=closing)], [first(closing, supersedes=kept)]]
    if in_one:
        landings = [[row for landing in landings for row in landing]]
    home = take(tmp_path, *landings)
    assert rows(home, "usage", "event_id") == [kept]
    assert refused(home) == [_circle_closed_by(closing, kept, kept)]
    assert met(home) == []


@pytest.mark.parametrize("in_one", [True, False])
def test_what_a_refused_correction_named_is_free_for_the_next(tmp_path: Path, in_one: bool) -> None:
    landings = [
        [first("a", supersedes="b")],
        [first("b", supersedes="a")],
        [first("d", supersedes="b")],
        [first("c", supersedes="a")],
        [first("e", supersedes="a")],
    ]
    if in_one:
        landings = [[row for landing in landings for row in landing]]
    home = take(tmp_path, *landings)
    corrects = "which {} has superseded. The first stands. Have the source send a correction of {}"
    assert refused(home) == [
        (
            "USAGE_CORRECTED_TWICE",
            "d",
            f"Usage d of metering corrects b, {corrects.format('a', 'a')} instead.",
        ),
        (
            "USAGE_CORRECTED_TWICE",
            "e",
            f"Usage e of metering corrects a, {corrects.format('c', 'c')} instead.",
        ),
        _circle_closed_by("b", "a", "a"),
    ]
    assert rows(home, "usage", "event_id") == ["a", "c"]
    assert [row[:2] for row in met(home)] == [("a", "c")]


def test_circles_of_different_sources_are_different(tmp_path: Path) -> None:
    plain = 'usage, files: "usage/*"'
    text = COMPANY_YAML.replace(plain, f"{plain}, columns: {{source: source}}")
    company = write_company(tmp_path / "c", company_yaml=text)
    landing = [first("a", supersedes="b", source="x"), first("b", supersedes="a", source="y")]
    land(company, "usage/a.jsonl", json_lines(landing))
    take_in(company, tmp_path / "h")
    assert refused(tmp_path / "h") == []


@pytest.mark.parametrize("cuts", [(), (700,), (300, 1200)])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_long_chain_closes_once_however_it_lands(
    tmp_path: Path, cuts: tuple[int, ...], newest_first: bool
) -> None:
    length = 1500
    chain = [first(f"u{n}", supersedes=f"u{n - 1}") for n in range(1, length)]
    chain = chain[::-1] if newest_first else chain
    every = [*chain, first("u0", supersedes=f"u{length - 1}"), first("u9999", supersedes="u0x")]
    ends = zip((0, *cuts), (*cuts, None), strict=True)
    home = take(tmp_path, *(every[start:end] for start, end in ends))
    assert refused(home) == [_circle_closed_by("u0", f"u{length - 1}", "u1")]
    assert len(met(home)) == length - 2


def test_a_row_without_an_id_to_cancel_is_usage_and_must_be_whole(tmp_path: Path) -> None:
    home = take(tmp_path, [cancelling("c1", " "), {"id": "c2", "cancels": "u1"}])
    assert [sentence for _, _, sentence in refused(home)] == [
        "The usage row has no subject, meter, quantity. Have the source send it whole.",
        "The usage row has no time. Have the source send it whole.",
    ]


def test_a_source_corrects_its_own_events_only(tmp_path: Path) -> None:
    plain = 'usage, files: "usage/*"'
    text = COMPANY_YAML.replace(plain, f"{plain}, columns: {{source: source}}")
    company = write_company(tmp_path / "c", company_yaml=text)
    landing = [first(), cancelling("c1", "u1", source="other")]
    land(company, "usage/a.jsonl", json_lines(landing))
    take_in(company, tmp_path / "h")
    assert rows(tmp_path / "h", "usage_corrections", "source, event_id") == [("other", "c1")]
    assert met(tmp_path / "h") == []


def test_a_cancellation_cancels_no_cancellation(tmp_path: Path) -> None:
    home = take(tmp_path, [first()], [cancelling("c1", "u1")], [cancelling("c2", "c1")])
    assert met(home) == [("u1", "c1", True, 1, 2)]
    assert len(rows(home, "usage_corrections")) == 2


def test_an_event_of_long_ago_is_cancelled_but_not_replaced_by_one(tmp_path: Path) -> None:
    company = write_company(tmp_path / "c")
    old = first(time="2025-01-05T10:00:00Z")
    land(company, "0/usage/a.jsonl", json_lines([old, old | {"id": "u2"}]))
    take_in(company, tmp_path / "h", datetime.fromisoformat("2025-02-01T00:00:00Z"))
    late = [old | {"id": "u3", "supersedes": "u1"}, cancelling("c1", "u2")]
    land(company, "1/usage/a.jsonl", json_lines(late))
    take_in(company, tmp_path / "h", datetime.fromisoformat("2026-06-01T00:00:00Z"))
    assert [row[:2] for row in refused(tmp_path / "h")] == [("USAGE_TOO_OLD", "u3")]
    assert [row[:2] for row in met(tmp_path / "h")] == [("u2", "c1")]


@pytest.mark.parametrize("in_one", [True, False])
def test_an_id_that_came_before_says_what_it_said_of_corrections(
    tmp_path: Path, in_one: bool
) -> None:
    landings = [
        [first("u2", supersedes="u1"), cancelling("c1", "u5"), first("u3")],
        [first("u2"), cancelling("c1", "u6"), first("u3", supersedes="u1")],
    ]
    if in_one:
        landings = [[row for landing in landings for row in landing]]
    home = take(tmp_path, *landings)
    said = [sentence.split("else. ")[1].split(". The first")[0] for _, _, sentence in refused(home)]
    usage = "5.000000 api_calls of M1 at 2026-01-05T10:00:00Z"
    assert said == [
        "First: cancels u5 at 2026-02-01T00:00:00Z. Now: cancels u6 at 2026-02-01T00:00:00Z",
        f"First: {usage}, superseding u1. Now: {usage}",
        f"First: {usage}. Now: {usage}, superseding u1",
    ]
