"""Business events land, are deduplicated, and what is refused comes out with its raw text."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.company import event, invoice, json_lines, land, subscription, write_company
from tests.unit.ingestion.store import NOW, counts, rows, take_in

CREATED = event("subscription.created", subscription())
CUSTOMER = {"customer_id": "C1", "name": "Ann Ode", "email": "ann@example.com", "status": "active"}


def quarantined(tmp_path: Path, content: str | bytes, name: str = "crm/a.jsonl") -> list[tuple]:
    write_company(tmp_path / "c", landing={name: content})
    take_in(tmp_path / "c", tmp_path / "h")
    return rows(
        tmp_path / "h", "quarantine", "reason_code, landed_line, event_id, sentence, raw_text"
    )


def test_an_event_lands_with_its_envelope(tmp_path: Path) -> None:
    extra = event(
        "subscription.created",
        subscription(),
        received_at="2026-01-05T12:00:00+01:00",
        causationid="quote-1",
        traceparent="00-1",
    )
    write_company(tmp_path / "c", landing={"crm/a.jsonl": json_lines([extra])})
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 1, 0, 0)

    [row] = rows(
        tmp_path / "h",
        "events",
        "manifest_number, source, event_id, event_type, schema_version, subject, occurred_at, "
        "received_at, known_at, correlation_id, causation_id, landed_path, landed_line",
    )
    assert row == (
        *(1, "crm", "evt-1", "subscription.created", 2, "subject-1"),
        *(datetime(2026, 1, 5, 10), datetime(2026, 1, 5, 11), datetime(2026, 3, 1, 6)),  # noqa: DTZ001
        *("order-1", "quote-1", "landing/crm/a.jsonl", 1),
    )
    [data] = rows(tmp_path / "h", "events", "data")
    assert json.loads(data)["extensions"] == {"traceparent": "00-1"}


def test_gzip_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + json_lines([CREATED]).replace("\n", "\r\n").encode()
    write_company(tmp_path / "c", landing={"crm/a.jsonl.gz": gzip.compress(content)})
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 1, 0, 0)


def test_the_same_body_again_is_a_duplicate_whatever_its_spelling(tmp_path: Path) -> None:
    respelled = json.loads(json.dumps(CREATED))
    respelled["data"]["lines"][0]["unit_price"] = "240"
    respelled["time"] = "2026-01-05T11:00:00+01:00"
    respelled["received_at"] = "2026-02-01T00:00:00Z"
    first = {
        "crm/a.jsonl": json_lines([CREATED, CREATED]),
        "crm/b.jsonl": json_lines([respelled]),
    }
    write_company(tmp_path / "c", landing=first)
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (3, 1, 2, 0)

    land(tmp_path / "c", "crm/c.jsonl", json_lines([dict(respelled, subject="subject-1 ")]))
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 0, 1, 0)
    assert len(rows(tmp_path / "h", "events")) == 1


def test_the_first_body_stands_and_the_sentence_has_both(tmp_path: Path) -> None:
    original = event("invoice.finalized", invoice(), source="billing")
    changed = event("invoice.finalized", invoice(total_amount="2500.00"), source="billing")
    write_company(tmp_path / "c", landing={"billing/a.jsonl": json_lines([original])})
    take_in(tmp_path / "c", tmp_path / "h")
    land(tmp_path / "c", "billing/b.jsonl", json_lines([changed]))
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 0, 0, 1)

    [(code, sentence, raw_text)] = rows(
        tmp_path / "h", "quarantine", "reason_code, sentence, raw_text"
    )
    assert code == "DUPLICATE_KEY_DIFFERENT_BODY"
    assert "total_amount was 2400, is 2500" in sentence
    assert '"total_amount":"2500"' in raw_text
    [data] = rows(tmp_path / "h", "events", "data")
    assert json.loads(data)["total_amount"] == "2400"


def test_a_conflict_inside_one_file_keeps_the_earlier_line(tmp_path: Path) -> None:
    changed = event("subscription.created", subscription(currency="EUR"))
    [row] = quarantined(tmp_path, json_lines([CREATED, changed, CREATED]))
    assert row[:2] == ("DUPLICATE_KEY_DIFFERENT_BODY", 2)
    assert "currency was USD, is EUR" in row[3]


@pytest.mark.parametrize(
    "line",
    [
        "{broken",
        "[]",
        '"text"',
        '{"id": NaN}',
        "[" * 100_000,
        '{"id": "\\ud800"}',
        json.dumps({key: value for key, value in CREATED.items() if key != "time"}),
        json.dumps(CREATED | {"time": "2026-01-05T10:00:00"}),
        json.dumps(CREATED | {"id": ""}),
        json.dumps(CREATED | {"specversion": "0.3"}),
        json.dumps(CREATED | {"data": []}),
    ],
)
def test_a_line_that_is_no_event_is_malformed(tmp_path: Path, line: str) -> None:
    [row] = quarantined(tmp_path, f"{json.dumps(CREATED)}\n\n{line}\n")
    assert row[:2] == ("MALFORMED_ROW", 3)
    assert row[4] == line
    assert len(rows(tmp_path / "h", "events")) == 1


def test_bytes_that_are_no_text_are_malformed(tmp_path: Path) -> None:
    [row] = quarantined(tmp_path, b'{"id": "\xff"}\n')
    assert row[:2] == ("MALFORMED_ROW", 1)


def test_refused_events_carry_their_own_code(tmp_path: Path) -> None:
    incomplete = {key: value for key, value in invoice().items() if key != "lines"}
    lines = [
        event("order.placed", {}, id="e1"),
        event("invoice.finalized", invoice(), id="e2", version=7),
        event("invoice.finalized", incomplete, id="e3"),
        event("invoice.finalized", invoice(tax_amount="0.001"), id="e4"),
    ]
    found = quarantined(tmp_path, json_lines(lines))
    assert {(row[2], row[0]) for row in found} == {
        ("e1", "UNKNOWN_EVENT_TYPE"),
        ("e2", "SCHEMA_BREAKING_CHANGE"),
        ("e3", "PAYLOAD_INCOMPLETE"),
        ("e4", "AMOUNT_PRECISION"),
    }
    assert all(json.loads(row[4])["id"] == row[2] for row in found)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("crm/a.xlsx", b"PK", "reads files ending in .jsonl"),
        ("crm/a.jsonl.gz", b"not gzip", "damaged or cut off"),
        ("crm/b.jsonl.gz", gzip.compress(json_lines([CREATED] * 500).encode())[:-20], "cut off"),
        (
            "elsewhere/a.jsonl",
            json_lines([CREATED]).encode(),
            "no source of company.yaml claims it",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_quarantined_whole(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    [row] = quarantined(tmp_path, content, name)
    assert row[0] == "MALFORMED_ROW"
    assert f"landing/{name}" in row[3]
    assert words in row[3]
    assert rows(tmp_path / "h", "events") == []


def test_names_and_e_mails_go_to_the_vault_alone(tmp_path: Path) -> None:
    write_company(
        tmp_path / "c", landing={"crm/a.jsonl": json_lines([event("customer.updated", CUSTOMER)])}
    )
    take_in(tmp_path / "c", tmp_path / "h")

    [data] = rows(tmp_path / "h", "events", "data")
    assert json.loads(data) == {"customer_id": "C1", "status": "active"}
    holders = [
        path.relative_to(tmp_path / "h").parts[0]
        for path in (tmp_path / "h").rglob("*.parquet")
        if b"ann@example.com" in path.read_bytes()
    ]
    assert holders == ["vault"]


def test_known_at_never_goes_back(tmp_path: Path) -> None:
    write_company(tmp_path / "c", landing={"crm/a.jsonl": json_lines([CREATED])})
    take_in(tmp_path / "c", tmp_path / "h")
    later = event("subscription.created", subscription(contract_id="K2"), id="evt-2")
    land(tmp_path / "c", "crm/b.jsonl", json_lines([later]))
    take_in(tmp_path / "c", tmp_path / "h", NOW.replace(year=2020))
    assert rows(tmp_path / "h", "events", "distinct known_at") == [NOW.replace(tzinfo=None)]
