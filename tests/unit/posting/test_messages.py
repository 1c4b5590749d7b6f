"""Others are told once: files are numbered, never change, and hold what no file held before."""

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.home import Home
from posting import messages
from posting.errors import MessagesError

_COLUMNS = {
    "message_id": "varchar",
    "receiver": "varchar",
    "message_type": "varchar",
    "subject": "varchar",
    "happened_at": "timestamp",
    "correlation_id": "varchar",
    "erp_document_id": "varchar",
    "posting_date": "date",
    "amount_minor": "bigint",
    "amendment_id": "varchar",
}

Row = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home whose mart of messages is empty."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema lineage")
        connection.execute(f"create table lineage.messages ({columns})")
    return home


def message(message_id: str, receiver: str | None = "billing", **changes: Any) -> Row:
    return {
        "message_id": message_id,
        "receiver": receiver,
        "message_type": "erp.document_posted",
        "subject": "invoice:INV-1",
        "happened_at": datetime(2026, 3, 1, 6),  # noqa: DTZ001  # as DuckDB stores instants
        "correlation_id": "ORD-1",
        "erp_document_id": "100",
        "posting_date": date(2026, 2, 1),
        "amount_minor": 1250,
        "amendment_id": None,
    } | changes


def expect_told(home: Home, *rows: Row) -> dict[str, int]:
    with duckdb.connect(str(home.warehouse)) as connection:
        marks = ", ".join("?" for _ in _COLUMNS)
        for row in rows:
            values = [row[name] for name in _COLUMNS]
            connection.execute(f"insert into lineage.messages values ({marks})", values)
    return messages.tell(home, home.warehouse)


def ids(home: Home, path: str) -> list[str]:
    lines = (home.messages / path).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["id"] for line in lines]


def files(home: Home) -> list[str]:
    return sorted(
        path.relative_to(home.messages).as_posix()
        for path in home.messages.rglob("*")
        if path.is_file()
    )


def test_a_message_is_an_envelope_and_leaves_out_what_is_unknown(home: Home) -> None:
    expect_told(home, message("m1"))
    text = (home.messages / "sources/billing/000000001.jsonl").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "specversion": "1.0",
        "id": "m1",
        "source": "tieout",
        "type": "erp.document_posted",
        "subject": "invoice:INV-1",
        "time": "2026-03-01T06:00:00Z",
        "dataschema": "tieout:erp.document_posted:1",
        "correlationid": "ORD-1",
        "data": {"erp_document_id": "100", "posting_date": "2026-02-01", "amount_minor": 1250},
    }


def test_each_receiver_has_its_own_file_and_nothing_is_written_twice(home: Home) -> None:
    told = expect_told(home, message("m1"), message("m2", "crm"), message("m3", None))
    assert told == {"sources/billing": 1, "sources/crm": 1, "notifications": 1}
    before = {name: (home.messages / name).read_bytes() for name in files(home)}

    assert expect_told(home) == {}
    assert {name: (home.messages / name).read_bytes() for name in files(home)} == before


def test_what_is_new_goes_into_the_next_file_in_the_order_it_happened(home: Home) -> None:
    expect_told(home, message("m1"))
    later = datetime(2026, 3, 2, 6)  # noqa: DTZ001
    expect_told(home, message("a", happened_at=later), message("b"), message("c", "crm"))
    assert ids(home, "sources/billing/000000001.jsonl") == ["m1"]
    assert ids(home, "sources/billing/000000002.jsonl") == ["b", "a"]
    assert files(home) == [
        "sources/billing/000000001.jsonl",
        "sources/billing/000000002.jsonl",
        "sources/crm/000000001.jsonl",
    ]


def test_a_crash_between_two_receivers_is_healed_by_telling_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, linked = os.link, []

    def fail_at_the_second(source: Path, target: Path) -> None:
        if linked:
            raise OSError("the disk is full")
        linked.append(target)
        link(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", fail_at_the_second)
        with pytest.raises(OSError, match="full"):
            expect_told(home, message("m1"), message("m2", "crm"))
    assert files(home) == ["sources/billing/000000001.jsonl"]

    assert expect_told(home) == {"sources/crm": 1}
    assert ids(home, "sources/billing/000000001.jsonl") == ["m1"]
    assert ids(home, "sources/crm/000000001.jsonl") == ["m2"]


def test_half_a_file_of_a_run_that_died_is_swept(home: Home) -> None:
    folder = home.messages / "sources" / "billing"
    folder.mkdir(parents=True)
    (folder / ".000000001.jsonl.77.tmp").write_text('{"id": "m1"')
    expect_told(home, message("m1"))
    assert files(home) == ["sources/billing/000000001.jsonl"]


def test_the_name_of_a_source_never_leaves_the_folder(home: Home) -> None:
    told = expect_told(home, message("m1", "../../crm"), message("m2", ".."), message("m3", "a/b"))
    assert set(told) == {"sources/%2E%2E%2F%2E%2E%2Fcrm", "sources/%2E%2E", "sources/a%2Fb"}
    assert len(files(home)) == 3


def test_a_damaged_file_is_named_and_nothing_is_told_over_it(home: Home) -> None:
    expect_told(home, message("m1"))
    path = home.messages / "sources/billing/000000001.jsonl"
    path.write_text("no list of messages\n")
    with pytest.raises(MessagesError, match="Restore it from the backup"):
        expect_told(home, message("m2"))
    assert files(home) == ["sources/billing/000000001.jsonl"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "nothing new to tell"),
        ({"sources/crm": 2, "sources/billing": 1}, "3 messages to 2 sources, 0 notifications"),
        ({"notifications": 4, "sources/crm": 2}, "2 messages to 1 source, 4 notifications"),
    ],
)
def test_a_station_says_whom_it_told(told: dict[str, int], said: str) -> None:
    assert messages.sentence(told) == said
