"""Usage lands in bulk from every format; what cannot be read comes out on the other side."""

import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.company import COMPANY_YAML, land, usage_csv, write_company
from tests.unit.ingestion.store import counts, rows, take_in

GOOD = ("u1", "M1", "2026-01-05T10:00:00Z", "api_calls", "5")
USAGE = 'usage, files: "usage/*"'


def at(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001


def staged(tmp_path: Path, content: str | bytes, name: str = "usage/a.csv", **yaml: str) -> Path:
    """Take one usage file in and return the home."""
    company_yaml = (
        COMPANY_YAML.replace(USAGE, f"{USAGE}, columns: {{{yaml['columns']}}}")
        if (yaml)
        else COMPANY_YAML
    )
    write_company(tmp_path / "c", company_yaml=company_yaml, landing={name: content})
    take_in(tmp_path / "c", tmp_path / "h")
    return tmp_path / "h"


def refused(home: Path, columns: str = "reason_code, landed_line, event_id") -> list:
    return rows(home, "quarantine", columns)


def test_a_row_lands_on_its_utc_day(tmp_path: Path) -> None:
    home = staged(tmp_path, usage_csv([("u1", "M1", "2026-01-05T23:30:00-05:00", "calls", "1.5")]))
    columns = (
        "source, event_id, subject, meter_code, quantity, occurred_at, usage_day, properties, "
        "landed_path, landed_line"
    )
    assert rows(home, "usage", columns) == [
        (
            *("metering", "u1", "M1", "calls", Decimal("1.500000"), at(2026, 1, 6, 4, 30)),
            *(date(2026, 1, 6), "{}", "landing/usage/a.csv", 2),
        )
    ]
    assert (home / "raw/usage/usage_day=2026-01-06/000000001.parquet").exists()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-05 10:00:00", at(2026, 1, 5, 10)),
        ("2026-01-05T10:00:00Z", at(2026, 1, 5, 10)),
        ("2026-01-05T10:00:00+02:00", at(2026, 1, 5, 8)),
        ("2026-01-05 10:00:00-0530", at(2026, 1, 5, 15, 30)),
        ("2026-01-05T10:00:00.123456Z", at(2026, 1, 5, 10, 0, 0, 123456)),
        (" 2026-01-05T10:00:00Z ", at(2026, 1, 5, 10)),
        ("2026-01-05", at(2026, 1, 5)),
    ],
)
def test_times_without_a_zone_are_utc(tmp_path: Path, text: str, instant: datetime) -> None:
    home = staged(tmp_path, usage_csv([("u1", "M1", text, "calls", 1)]))
    assert rows(home, "usage", "occurred_at") == [instant]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("5 ", "5"),
        ("-3", "-3"),
        ("0", "0"),
        ("+7", "7"),
        ("0.000001", "0.000001"),
        ("1.10000000000", "1.1"),
        ("1e3", "1000"),
        ("12345678901.123456", "12345678901.123456"),
        (".5", "0.5"),
        ("5\u00a0", "5"),
    ],
)
def test_quantities_are_held_exactly(tmp_path: Path, text: str, quantity: str) -> None:
    home = staged(tmp_path, usage_csv([("u1", "M1", GOOD[2], "calls", text)]))
    assert rows(home, "usage", "quantity") == [Decimal(quantity)]


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (("u2", "M1", "1/5/26", "calls", 1), "MALFORMED_ROW", "time '1/5/26' cannot be read"),
        (("u2", "M1", "2026-13-05", "calls", 1), "MALFORMED_ROW", "cannot be read"),
        (("u2", "M1", "infinity", "calls", 1), "MALFORMED_ROW", "cannot be read"),
        (("u2", "M1", GOOD[2], "calls", "many"), "MALFORMED_ROW", "'many' is not a number"),
        (("u2", "M1", GOOD[2], "calls", "$5"), "MALFORMED_ROW", "'$5' is not a number"),
        (("u2", "M1", GOOD[2], "calls", "NaN"), "MALFORMED_ROW", "is not a number"),
        (("u2", "M1", GOOD[2], "calls", "1_000"), "MALFORMED_ROW", "is not a number"),
        (("u2", "M1", GOOD[2], "calls", "0x10"), "MALFORMED_ROW", "is not a number"),
        (("", "M1", GOOD[2], "calls", 1), "PAYLOAD_INCOMPLETE", "has no id"),
        (("u2", "NULL", GOOD[2], "", 1), "PAYLOAD_INCOMPLETE", "has no subject, meter"),
        (("u2", "M1", "null", "calls", " "), "PAYLOAD_INCOMPLETE", "has no time, quantity"),
        (("u2", "M1", GOOD[2], "calls", "0.0000001"), "AMOUNT_PRECISION", "held exactly"),
        (("u2", "M1", GOOD[2], "calls", "123456789012"), "AMOUNT_PRECISION", "held exactly"),
        (("u2", "M1", GOOD[2], "calls", "1e-7"), "AMOUNT_PRECISION", "held exactly"),
        (("u2", "M1", GOOD[2], "calls", "1.00000000000000000001"), "AMOUNT_PRECISION", "exactly"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_go_on(
    tmp_path: Path, row: tuple, code: str, words: str
) -> None:
    home = staged(tmp_path, usage_csv([GOOD, row, ("u3", *GOOD[1:])]))
    [(reason, line, sentence, raw_text)] = refused(
        home, "reason_code, landed_line, sentence, raw_text"
    )
    assert (reason, line) == (code, 3)
    assert words in sentence
    assert json.loads(raw_text)["quantity"] == (str(row[4]) or None)
    assert rows(home, "usage", "event_id") == ["u1", "u3"]


def test_usage_of_a_past_nobody_keeps_is_refused(tmp_path: Path) -> None:
    kept, gone = "2025-02-01T06:00:00Z", "2025-02-01T05:59:59Z"  # 13 months before the run
    home = staged(tmp_path, usage_csv([GOOD, ("u2", "M1", gone, *GOOD[3:])]))
    assert refused(home) == [("USAGE_TOO_OLD", 3, "u2")]
    [sentence] = refused(home, "sentence")
    assert "of 2025-02-01, before 2025-02-01" in sentence
    assert rows(home, "usage", "event_id") == ["u1"]
    home = staged(tmp_path / "k", usage_csv([GOOD, ("u2", "M1", kept, *GOOD[3:])]))
    assert rows(home, "usage", "event_id") == ["u1", "u2"]


def test_a_source_says_how_long_its_usage_is_taken(tmp_path: Path) -> None:
    yaml = COMPANY_YAML.replace(USAGE, f"{USAGE}, retention_months: 1")
    usage = usage_csv([("u1", "M1", "2025-11-30T00:00:00Z", "calls", "1")])
    write_company(tmp_path / "c", company_yaml=yaml, landing={"usage/a.csv": usage})
    take_in(tmp_path / "c", tmp_path / "h")
    assert refused(tmp_path / "h") == [("USAGE_TOO_OLD", 2, "u1")]


def test_rows_of_another_width_are_refused_with_their_text_and_line(tmp_path: Path) -> None:
    text = "\n".join(
        [
            "id,subject,time,meter,quantity",
            "u1,M1",
            ",".join(GOOD),
            "u2,M1,2026-01-05,calls,1,surplus",
            "u3,M1,2026-01-05,calls,1",
            'u4,M1,2026-01-05,"calls"x,1',
            "u5,M1,bad,calls,1",
            "",
        ]
    )
    home = staged(tmp_path, text)
    assert refused(home, "landed_line, reason_code, raw_text")[:3] == [
        (2, "MALFORMED_ROW", "u1,M1"),
        (4, "MALFORMED_ROW", "u2,M1,2026-01-05,calls,1,surplus"),
        (6, "MALFORMED_ROW", 'u4,M1,2026-01-05,"calls"x,1'),
    ]
    assert refused(home, "landed_line")[3:] == [7]
    assert rows(home, "usage", "event_id, landed_line") == [("u1", 3), ("u3", 5)]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    content = usage_csv([GOOD]).encode() + b"u2,\xff\xfe,2026-01-05,calls,1\n"
    home = staged(tmp_path, content)
    assert refused(home, "reason_code, landed_line") == [("MALFORMED_ROW", 3)]
    assert rows(home, "usage", "event_id") == ["u1"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + usage_csv([GOOD]).encode(),
        usage_csv([GOOD]).replace("\n", "\r\n").encode(),
        usage_csv([GOOD]).encode() + b"\r\n",
        b'"id","subject","time","meter","quantity"\n"u1","M1","2026-01-05T10:00:00Z","api_calls","5"\n',
        usage_csv([GOOD], header="ID, Subject,TIME,Meter,Quantity").encode(),
        usage_csv([GOOD]).encode() + b"\n\n",
    ],
)
def test_dirt_around_the_rows_changes_nothing(tmp_path: Path, content: bytes) -> None:
    home = staged(tmp_path, content)
    assert refused(home) == []
    assert rows(home, "usage", "event_id, quantity") == [("u1", Decimal(5))]


def test_line_ends_of_both_kinds_in_one_file_are_read(tmp_path: Path) -> None:
    content = (
        "id,subject,time,meter,quantity\r\nu1,M1,2026-01-05,calls,1\nu2,M1,2026-01-05,calls,1\r\n"
    )
    home = staged(tmp_path, content.encode())
    assert rows(home, "usage", "event_id") == ["u1", "u2"]
    assert refused(home) == []


def test_other_columns_are_kept_as_properties(tmp_path: Path) -> None:
    header = "id,subject,time,meter,quantity,region,,Region"
    home = staged(tmp_path, usage_csv([(*GOOD, "eu", "x", "dup")], header))
    [properties] = rows(home, "usage", "properties")
    assert json.loads(properties) == {"region": "eu", "column_7": "x", "Region_8": "dup"}


def test_columns_are_found_by_the_names_the_company_gives(tmp_path: Path) -> None:
    text = usage_csv(
        [("tele", *GOOD, "2026-01-06T00:00:00Z")], "sys,uid,who,when,what,n,received_at"
    )
    home = staged(
        tmp_path,
        text,
        columns="source: sys, id: uid, subject: who, time: when, meter: what, quantity: n",
    )
    assert rows(home, "usage", "source, event_id, subject, received_at, properties") == [
        ("tele", "u1", "M1", at(2026, 1, 6), "{}")
    ]


def test_a_missing_column_refuses_every_row_and_says_which(tmp_path: Path) -> None:
    home = staged(tmp_path, usage_csv([("u1", "M1"), ("u2", "M1")], "id,subject"))
    found = refused(home, "reason_code, landed_line, sentence")
    assert [row[:2] for row in found] == [
        ("SCHEMA_BREAKING_CHANGE", 2),
        ("SCHEMA_BREAKING_CHANGE", 3),
    ]
    assert "no column time, meter, quantity" in found[0][2]


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet"])
def test_every_format_gives_the_same_rows(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"usage.{suffix}"
    kind = {"csv": "format csv", "jsonl": "format json", "parquet": "format parquet"}
    duckdb.connect().execute(
        "copy (select 'u' || i as id, 'M' || i % 3 as subject, timestamp '2026-01-05 10:00:00' "
        "+ to_hours(i) as time, 'calls' as meter, i * 2 as quantity, 'eu' as region "
        f"from range(50) as r(i)) to '{target}' ({kind[suffix.split('.', maxsplit=1)[0]]})"
    )
    home = staged(tmp_path, target.read_bytes(), f"usage/a.{suffix}")
    assert refused(home) == []
    assert rows(home, "usage", "count(*), sum(quantity), max(occurred_at), min(properties)") == [
        (50, Decimal(2450), at(2026, 1, 7, 11), '{"region":"eu"}')
    ]


@pytest.mark.parametrize("size", ["3", "4"])
def test_properties_are_no_part_of_the_body_as_formats_write_them_differently(
    tmp_path: Path, size: str
) -> None:
    home = staged(tmp_path, usage_csv([(*GOOD, "3")], "id,subject,time,meter,quantity,size"))
    document = dict(zip(("id", "subject", "time", "meter", "quantity"), GOOD, strict=True))
    land(tmp_path / "c", "usage/b.jsonl", json.dumps(document | {"size": int(size)}) + "\n")
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (1, 0, 1, 0)
    assert rows(home, "usage", "properties") == ['{"size":"3"}']


def test_parquet_of_other_types_is_cast(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    duckdb.connect().execute(
        "set timezone = 'Europe/Berlin'; copy (select 7 as id, 'M1' as subject, "
        "timestamptz '2026-01-05 10:00:00+02' as time, 'calls' as meter, 1.25::double as quantity "
        "union all select 8, 'M1', 'infinity'::timestamptz, 'calls', 'nan'::double) "
        f"to '{target}' (format parquet)"
    )
    home = staged(tmp_path, target.read_bytes(), "usage/a.parquet")
    assert rows(home, "usage", "event_id, occurred_at, quantity") == [
        ("7", at(2026, 1, 5, 8), Decimal("1.25"))
    ]
    assert refused(home) == [("MALFORMED_ROW", 2, "8")]


def test_json_numbers_are_read_from_their_text(tmp_path: Path) -> None:
    line = (
        '{{"id":{0},"subject":"M1","time":"2026-01-05T10:00:00Z","meter":"c",'
        '"quantity":{1},"x":{2}}}'
    )
    text = "\n".join(
        [
            line.format(1, "12345678901.123456", '{"quantity":1}'),
            "",
            "[1]",
            line.format(2, "1.25", "null"),
            "{bad",
            line.format(3, "null", "1"),
            line.format(4, '"7 "', "1"),
            "",
        ]
    )
    home = staged(tmp_path, text, "usage/a.jsonl")
    assert rows(home, "usage", "event_id, quantity, landed_line") == [
        ("1", Decimal("12345678901.123456"), 1),
        ("2", Decimal("1.25"), 4),
        ("4", Decimal(7), 7),
    ]
    assert refused(home, "landed_line, reason_code") == [
        (3, "MALFORMED_ROW"),
        (5, "MALFORMED_ROW"),
        (6, "PAYLOAD_INCOMPLETE"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("usage/a.parquet", b"no parquet at all"),
        ("usage/a.csv.gz", gzip.compress(usage_csv([GOOD] * 5000).encode())[:-30]),
        ("usage/a.csv.gz", b"plain text"),
        ("usage/a.csv", b""),
        ("usage/a.txt", b"x"),
    ],
)
def test_a_damaged_file_is_quarantined_whole(tmp_path: Path, name: str, content: bytes) -> None:
    home = staged(tmp_path, content, name)
    assert refused(home, "reason_code, landed_line, raw_text") == [
        ("MALFORMED_ROW", 0, f"landing/{name}")
    ]
    assert rows(home, "usage") == []


def test_duplicates_and_conflicts_are_told_apart(tmp_path: Path) -> None:
    other = ("u1", "M1", GOOD[2], "api_calls", "6")
    same = ("u1", "M1", "2026-01-05 10:00:00", "api_calls", "5.000")
    write_company(
        tmp_path / "c",
        landing={
            "usage/a.csv": usage_csv([GOOD, same, other]),
            "usage/b.csv": usage_csv([other, same, ("u2", *GOOD[1:])]),
        },
    )
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (6, 2, 2, 2)
    land(tmp_path / "c", "usage/c.csv", usage_csv([other, GOOD, ("u3", *GOOD[1:])]))
    assert counts(take_in(tmp_path / "c", tmp_path / "h")) == (3, 1, 1, 1)

    assert rows(tmp_path / "h", "usage", "event_id, quantity") == [
        (name, Decimal(5)) for name in ("u1", "u2", "u3")
    ]
    sentences = refused(tmp_path / "h", "distinct sentence")
    assert len(sentences) == 1
    assert "First: 5.000000 api_calls of M1" in sentences[0]
    assert "Now: 6.000000 api_calls of M1" in sentences[0]


def test_the_same_id_of_another_source_is_another_event(tmp_path: Path) -> None:
    text = usage_csv([("a", *GOOD), ("b", *GOOD)], "source,id,subject,time,meter,quantity")
    home = staged(tmp_path, text, columns="source: source")
    assert rows(home, "usage", "source") == ["a", "b"]
