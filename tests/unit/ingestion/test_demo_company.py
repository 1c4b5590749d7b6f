"""The demo company: the same bytes every time, readable, and its documents follow from it.

The amounts expected here are worked out by hand from the contract book, not by its code.
"""

import csv
import gzip
import hashlib
import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from ingestion.company import read_company
from ingestion.demo_company import write_demo
from ingestion.demo_company.arithmetic import (
    Price,
    Tier,
    add_months,
    charge,
    instalment,
    round_half_up,
    term_months,
)
from ingestion.demo_company.claim import FolderTakenError
from ingestion.demo_company.contract_book import read_contract_book, versions

FIRST, SECOND = "2026-03-01", "2026-03-10"
EVENTS_IN = "landing/*/[bcs]*/*"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the contract book alone."""
    out = tmp_path_factory.mktemp("demo")
    write_demo(out, scale=0)
    return out


@pytest.fixture(scope="module")
def events(folder: Path) -> list[dict]:
    return read_events(folder)


@pytest.fixture(scope="module")
def usage(folder: Path) -> duckdb.DuckDBPyConnection:
    return read_usage(folder)


def read_events(folder: Path) -> list[dict]:
    result = []
    for path in sorted(folder.glob(EVENTS_IN)):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            result += [{**json.loads(line), "path": path} for line in file]
    return result


def read_usage(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    columns = (
        "id, subject, meter, cast(cast(time as timestamptz) as timestamp) as time, "
        "cast(quantity as decimal(17, 6)) as quantity, filename"
    )
    landing = folder / "landing" / "*" / "usage"
    connection.execute(
        f"""
        create table landed as
        select {columns} from read_csv('{landing}/*.csv', all_varchar = true, filename = true)
        union all
        select {columns} from read_json('{landing}/*.jsonl*', filename = true)
        union all
        select {columns} from read_parquet('{landing}/*.parquet', filename = true)
        """
    )
    return connection


def read_labels(folder: Path) -> list[dict[str, str]]:
    with (folder / "faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def invoices(events: list[dict]) -> dict[str, dict]:
    return {
        event["data"]["invoice_id"]: event["data"]
        for event in events
        if event["type"] == "invoice.finalized"
    }


def test_two_writings_have_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, scale=0)

    assert _hashes(tmp_path) == _hashes(folder)


@pytest.mark.parametrize("text", ["company: Acme\n", "company: [\n", ""])
def test_a_company_of_somebodys_own_is_not_written_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "invoices.jsonl").write_text("{}\n")
    (tmp_path / "company.yaml").write_text(text)

    with pytest.raises(FolderTakenError, match="is no demonstration"):
        write_demo(tmp_path, scale=0)

    assert (tmp_path / "landing" / "invoices.jsonl").exists()
    assert (tmp_path / "company.yaml").read_text() == text


def test_a_second_writing_leaves_nothing_of_the_first(folder: Path, tmp_path: Path) -> None:
    stray = tmp_path / "landing" / FIRST / "usage" / "stray.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text("old")

    write_demo(tmp_path, scale=0)

    assert _hashes(tmp_path) == _hashes(folder)


def test_the_folder_passes_the_company_reader(folder: Path) -> None:
    company = read_company(folder)

    assert company.is_demo
    assert {entity.functional_currency for entity in company.legal_entities} == {
        "USD",
        "EUR",
        "JPY",
    }
    assert [arrival.at.isoformat() for arrival in company.arrivals] == [
        "2026-03-01T06:00:00+00:00",
        "2026-03-10T06:00:00+00:00",
    ]


def test_no_file_holds_what_had_not_happened_when_it_arrived(
    events: list[dict], usage: duckdb.DuckDBPyConnection
) -> None:
    for event in events:
        assert event["time"] < f"{event['path'].parts[-3]}T06:00:00Z"
    latest = usage.execute(
        f"select max(time) from landed where filename like '%{FIRST}/%'"
    ).fetchone()
    assert str(latest[0]) < f"{FIRST} 06:00:00"


@pytest.mark.parametrize(
    ("invoice_id", "invoice_date", "net_amounts"),
    [
        ("INV-1002-01", "2026-01-01", ["30000.00"]),  # 500 x 240 / 4
        ("INV-1002-02", "2026-02-15", ["20712.33"]),  # (800 x 360 - 500 x 240) x 45 / 365
        ("INV-1001-03", "2026-02-15", ["12624.66"]),  # 120 x (420 - 300) x 320 / 365
        ("INV-1003-04", "2026-02-10", ["312.33"]),  # 500 x 12 x 19 / 365
        ("INV-1004-02", "2026-03-01", ["10500.00"]),  # 35 x 300, renewed
        ("INV-1009-01", "2026-02-01", ["1125.00"]),  # 45 x 25, in arrears
        ("INV-1010-01", "2026-01-15", ["28500.00", "4500.00"]),
        ("INV-2002-02", "2026-02-01", ["1137.97"]),  # 64 x (390 - 280) x 59 / 365, to 31 March
        ("INV-2006-01", "2026-01-01", ["1350.00"]),  # 18 x 300 / 2 for six months, in two parts
        ("INV-1017-02", "2026-02-26", ["3110.00"]),  # 3650 x 311 / 365, billed two days late
        ("INV-1021-01", "2026-01-01", ["760.031"]),  # 33 x 92.125 / 4 = 760.03125
        ("INV-3001-01", "2026-01-01", ["383875"]),  # 37 x 41500 / 4
        ("INV-1024-01", "2026-01-01", ["330.00"]),  # 6 x 55, by the acquired company's system
    ],
)
def test_fixed_invoices_are_what_the_contract_says(
    events: list[dict], invoice_id: str, invoice_date: str, net_amounts: list[str]
) -> None:
    invoice = invoices(events)[invoice_id]

    assert invoice["invoice_date"] == invoice_date
    assert [line["net_amount"] for line in invoice["lines"]] == net_amounts


def test_the_unused_part_of_a_cancelled_year_is_credited(events: list[dict]) -> None:
    (credit,) = [
        event["data"]
        for event in events
        if event["type"] == "credit.issued" and event["subject"].startswith("CM-1008")
    ]
    # 9,000.00 for 365 days, 50 of them used: 1,232.88; tax 8.25 % of the rest
    assert credit["lines"][0]["net_amount"] == "7767.12"
    assert credit["tax_amount"] == "640.79"
    assert credit["lines"][0]["basis"] == "modification"


def test_every_invoice_but_the_broken_one_adds_up(events: list[dict]) -> None:
    wrong = []
    for invoice in invoices(events).values():
        net = sum(Decimal(line["net_amount"]) for line in invoice["lines"])
        tax = sum(Decimal(line["tax_amount"]) for line in invoice["lines"])
        assert tax == Decimal(invoice["tax_amount"])
        if net + tax != Decimal(invoice["total_amount"]):
            wrong.append(invoice["invoice_id"])

    assert wrong == ["INV-2008-01"]


@pytest.mark.parametrize(
    ("line", "zone", "first", "last", "rate"),
    [
        ("CT-1001-2", "America/New_York", "2026-02-01", "2026-02-14", "graduated"),
        ("CT-1001-2", "America/New_York", "2026-02-15", "2026-02-28", "graduated"),
        ("CT-1003-2", "America/New_York", "2026-02-10", "2026-02-28", "package"),
        ("CT-1005-3", "America/New_York", "2026-02-01", "2026-02-28", "volume"),
        ("CT-2003-2", "Europe/Berlin", "2026-02-01", "2026-02-28", "included"),
        ("CT-2005-2", "Europe/Berlin", "2026-02-01", "2026-02-28", "per_unit"),
        ("CT-3001-2", "Asia/Tokyo", "2026-02-01", "2026-02-28", "yen"),
    ],
)
def test_usage_invoices_are_the_landed_usage_at_its_price(
    events: list[dict],
    usage: duckdb.DuckDBPyConnection,
    *,
    line: str,
    zone: str,
    first: str,
    last: str,
    rate: str,
) -> None:
    quantity = usage.execute(
        """
        with once as (
            select id, min(time) as time, first(quantity order by filename) as quantity
            from landed group by id
        )
        select sum(quantity) from once
        where id like ? and cast(timezone(?, timezone('UTC', time)) as date) between ? and ?
        """,
        [f"use%-{line}-%", zone, first, last],
    ).fetchone()[0]
    formulas = {
        "graduated": lambda q: (
            min(q, 100_000) * Fraction("0.002")
            + max(min(q, 500_000) - 100_000, 0) * Fraction("0.0015")
        ),
        "package": lambda q: -(-q // 50) * Fraction("4.5"),
        "volume": lambda q: (
            q
            * Fraction(
                "0.00012" if q <= 1_000_000 else "0.000085" if q <= 10_000_000 else "0.000062"
            )
        ),
        "included": lambda q: max(q - 50_000, 0) * Fraction("0.0024"),
        "per_unit": lambda q: q * Fraction("0.0265"),
        "yen": lambda q: (
            min(q, 100_000) * Fraction("0.29") + max(q - 100_000, 0) * Fraction("0.21")
        ),
    }
    minor_units = 1 if rate == "yen" else 100
    expected = round_half_up(formulas[rate](Fraction(quantity)) * minor_units)

    billed = sum(
        round(Decimal(billed_line["net_amount"]) * minor_units)
        for invoice in invoices(events).values()
        for billed_line in invoice["lines"]
        if billed_line["contract_line_id"] == line
        and billed_line["service_start"] == first
        and billed_line["service_end"] == last
    )
    assert expected > 0
    assert billed == expected


def test_late_january_usage_is_billed_with_february(events: list[dict]) -> None:
    lines = [
        (invoice["invoice_date"], line["net_amount"])
        for invoice in invoices(events).values()
        for line in invoice["lines"]
        if line["contract_line_id"] == "CT-1001-2" and line["service_start"] == "2026-01-01"
    ]

    assert [day for day, _ in lines] == ["2026-02-03", "2026-03-03"]
    assert Decimal(lines[1][1]) > Decimal(72)  # 3 x 12,000 calls more at 0.002


def test_usage_has_the_shape_of_real_usage(usage: duckdb.DuckDBPyConnection) -> None:
    total, largest, days, seconds = usage.execute(
        """
        select
            count(distinct id),
            count(distinct id) filter (where subject = 'tenant-evergreen') * 100
                // count(distinct id),
            count(distinct cast(time as date)),
            (select max(n) from (select count(distinct id) as n from landed group by time, subject))
        from landed
        """
    ).fetchone()
    chemie = usage.execute(
        "select count(*) from landed where subject = 'tenant-chemie' "
        "and time >= '2026-02-08 23:00' and time < '2026-02-15 23:00'"
    ).fetchone()

    assert 2_500 < total < 5_000
    assert 28 <= largest <= 32
    assert days >= 42
    assert seconds >= 10  # a burst within one second
    assert chemie == (0,)  # silent for a week


def test_every_price_model_and_format_is_in_use(folder: Path) -> None:
    with (folder / "reference" / "prices.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = " ".join(path.name for path in folder.glob("landing/*/*/*"))

    assert {row["price_model"] for row in rows} == {"per_unit", "graduated", "volume", "package"}
    assert any(Decimal(row["included_quantity"]) > 0 for row in rows)
    for suffix in (".csv", ".jsonl.gz", ".jsonl", ".parquet"):
        assert suffix in names


def test_some_contracts_come_as_the_old_version_of_the_event(events: list[dict]) -> None:
    schemas = Counter(e["dataschema"] for e in events if e["type"] == "subscription.created")

    assert schemas == {"tieout:subscription.created:2": 34, "tieout:subscription.created:1": 2}


def test_every_label_names_something_that_is_there(
    folder: Path, events: list[dict], usage: duckdb.DuckDBPyConnection
) -> None:
    labels = read_labels(folder)
    known = {event["id"] for event in events} | {event["subject"] for event in events}
    known |= {row[0] for row in usage.execute("select id from landed").fetchall()}
    known |= {row[0] for row in usage.execute("select subject from landed").fetchall()}
    known |= {path.name for path in folder.glob("landing/*/*/*")}
    known |= {name for path in folder.glob("reference/*.csv") for name in _words(path)}

    assert len(labels) > 10
    assert [label for label in labels if label["subject"] not in known] == []
    assert [label for label in labels if not (folder / label["where"]).exists()] == []


def test_duplicates_repeat_the_body_and_conflicts_do_not(
    folder: Path, events: list[dict], usage: duckdb.DuckDBPyConnection
) -> None:
    bodies: dict[str, set[str]] = {}
    for event in events:
        body = {k: v for k, v in event.items() if k not in ("path", "received_at")}
        bodies.setdefault(event["id"], set()).add(json.dumps(body))
    assert {name for name, found in bodies.items() if len(found) > 1} == {"bil-PAY-1003-01"}
    assert len([event for event in events if event["id"] == "bil-INV-1002-01"]) == 2
    conflicts = usage.execute(
        "select id from landed group by id having count(distinct quantity) > 1"
    ).fetchall()
    labelled = [
        (row["subject"],)
        for row in read_labels(folder)
        if row["code"] == "DUPLICATE_KEY_DIFFERENT_BODY" and row["subject"].startswith("use-")
    ]
    assert conflicts == labelled


def test_versions_meet_and_a_renewal_begins_a_term() -> None:
    contracts = {contract.contract_id: contract for contract in read_contract_book().contracts}

    before, after = versions(contracts["CT-1004"])
    assert (after.first_day - before.last_day).days == 1
    assert after.term_start == after.first_day

    before, after = versions(contracts["CT-1002"])
    assert (after.first_day - before.last_day).days == 1
    assert after.term_start == before.term_start


@pytest.mark.parametrize(
    ("model", "quantity", "minor"),
    [
        ("per_unit", "150", 1_500),
        ("graduated", "100", 1_000),
        ("graduated", "150", 1_000 + 250 + 700),
        ("volume", "100", 1_000),
        ("volume", "101", 505 + 700),
        ("package", "1", 10),
        ("package", "40.000001", 30),
        ("graduated", "0", 0),
        ("volume", "0", 0),
    ],
)
def test_price_models_rate_as_worked_by_hand(model: str, quantity: str, minor: int) -> None:
    tiers = (
        Tier(up_to_quantity=Decimal(100), unit_price=Decimal("0.10"), flat_amount=Decimal(0)),
        Tier(up_to_quantity=None, unit_price=Decimal("0.05"), flat_amount=Decimal(7)),
    )
    price = Price(
        price_id="P",
        currency="USD",
        price_model=model,
        included_quantity=Decimal(0),
        package_size=Decimal(20),
        tiers=tiers,
    )

    assert charge(price, Decimal(quantity)) == minor


def test_instalments_sum_to_the_whole() -> None:
    assert [instalment(100, number, 3) for number in range(3)] == [33, 34, 33]
    assert sum(instalment(-100_001, number, 7) for number in range(7)) == -100_001


def test_a_term_must_be_whole_months() -> None:
    book = read_contract_book()
    start = book.contracts[0].term_start

    assert term_months(start, book.contracts[0].term_end) == 12
    with pytest.raises(ValueError, match="no whole number of months"):
        term_months(start, add_months(start, 3))


def _words(path: Path) -> set[str]:
    """Return what stands in a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return {value for row in csv.reader(file) for value in row}


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
