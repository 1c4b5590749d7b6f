"""A company made for a usage file covers everybody in it, whatever the file's format."""

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest

from ingestion.company import read_company
from ingestion.demo_company import write_usage_company
from ingestion.demo_company.usage_file import UsageFileError

ROWS = [
    ("telemetry", "e1", "zoe", "2026-10-25 00:00:00", "requests", "1500"),
    ("telemetry", "e2", "zoe", "2026-10-31 23:59:59", "input tokens", "2000000.5"),
    ("telemetry", "e3", "adam", "2026-11-07 05:59:00", "requests", "7"),
]
COLUMNS = ("source", "id", "subject", "time", "meter", "quantity")


def write_rows(path: Path, columns: tuple[str, ...] = COLUMNS) -> Path:
    values = ", ".join(str(row) for row in ROWS)
    kept = ", ".join(columns)
    kind = {".parquet": "format parquet", ".jsonl": "format json"}.get(
        path.suffix, "format csv, header"
    )
    duckdb.connect().execute(
        f"copy (select {kept} from (values {values}) as rows ({', '.join(COLUMNS)})) "
        f"to '{path}' ({kind})"
    )
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["u.csv", "u.csv.gz", "u.jsonl", "u.parquet"])
def test_every_format_makes_the_same_company(tmp_path: Path, name: str) -> None:
    write_usage_company(write_rows(tmp_path / name), tmp_path / "out")

    company = read_company(tmp_path / "out")
    assert [arrival.at.isoformat() for arrival in company.arrivals] == ["2026-11-08T06:00:00+00:00"]
    references = {
        (row["source"], row["source_customer_id"])
        for row in rows_of(tmp_path / "out" / "reference" / "customer_references.csv")
        if row["source"] == "telemetry"
    }
    assert references == {("telemetry", "adam"), ("telemetry", "zoe")}
    meters = [row["meter_code"] for row in rows_of(tmp_path / "out" / "reference" / "prices.csv")]
    assert meters == ["input tokens", "requests"]


def test_the_usage_lands_unchanged(tmp_path: Path) -> None:
    usage = write_rows(tmp_path / "u.csv")

    write_usage_company(usage, tmp_path / "out")

    landed = tmp_path / "out" / "landing" / "2026-11-08" / "usage" / "u.csv"
    assert landed.read_bytes() == usage.read_bytes()


def test_everybody_has_one_contract_with_a_line_for_each_meter(tmp_path: Path) -> None:
    write_usage_company(write_rows(tmp_path / "u.csv"), tmp_path / "out")

    (path,) = (tmp_path / "out").glob("landing/*/crm/subscriptions.jsonl")
    contracts = [json.loads(line)["data"] for line in path.read_text().splitlines()]
    assert len(contracts) == 2
    for contract in contracts:
        assert (contract["term_start"], contract["term_end"]) == ("2026-10-01", "2027-09-30")
        assert [line["line_kind"] for line in contract["lines"]] == ["fixed", "usage", "usage"]


def test_the_platform_is_invoiced_for_every_month_begun(tmp_path: Path) -> None:
    write_usage_company(write_rows(tmp_path / "u.csv"), tmp_path / "out")

    (path,) = (tmp_path / "out").glob("landing/*/billing/invoices.jsonl.gz")
    with gzip.open(path, "rt") as file:
        invoices = [json.loads(line)["data"] for line in file]
    assert sorted(invoice["invoice_date"] for invoice in invoices) == [
        *("2026-10-01", "2026-10-01"),
        *("2026-11-01", "2026-11-01"),
    ]
    assert {invoice["total_amount"] for invoice in invoices} == {"100.00"}


def test_a_file_without_sources_gets_one(tmp_path: Path) -> None:
    write_usage_company(write_rows(tmp_path / "u.csv", COLUMNS[1:]), tmp_path / "out")

    assert "metering" in read_company(tmp_path / "out").sources


def test_prices_follow_the_size_of_the_use(tmp_path: Path) -> None:
    write_usage_company(write_rows(tmp_path / "u.csv"), tmp_path / "out")

    tiers = rows_of(tmp_path / "out" / "reference" / "price_tiers.csv")
    first = {row["price_id"]: row["unit_price"] for row in tiers if row["tier_number"] == "1"}
    assert first == {"INPUT-TOKENS-USD": "0.000100", "REQUESTS-USD": "1.00"}


def test_meters_with_names_alike_keep_their_own_products(tmp_path: Path) -> None:
    usage = tmp_path / "u.csv"
    usage.write_text(
        "id,subject,time,meter,quantity\n"
        "1,a,2026-01-01T00:00:00Z,api.calls,5\n"
        "2,a,2026-01-01T00:00:00Z,api_calls,5\n"
    )

    write_usage_company(usage, tmp_path / "out")

    products = [
        row["product_code"] for row in rows_of(tmp_path / "out" / "reference" / "prices.csv")
    ]
    assert len(set(products)) == 2
    read_company(tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("u.csv", "id,subject,time,meter\n1,a,2026-01-01,m\n", "has no column quantity"),
        ("u.csv", "id,subject,time,meter,quantity\n1,a,never,m,1\n", "No row of u.csv"),
        ("u.txt", "id\n", "ends in none of"),
        (
            "u.csv",
            "source,id,subject,time,meter,quantity\ncrm,1,a,2026-01-01,m,1\n",
            "names the source crm",
        ),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_a_sentence(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(UsageFileError, match=sentence):
        write_usage_company(tmp_path / name, tmp_path / "out")
