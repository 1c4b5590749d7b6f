"""Exports: exact money in both units, ids that stay text, names that lead somewhere."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from core.home import Home
from orchestration import publish
from orchestration.cli import WRONG_USAGE, invoke
from orchestration.reports import mart_files
from orchestration.reports.mart_files import TooLargeForExcelError
from orchestration.reports.mart_tables import UnknownMartError, find, published_marts

LARGEST = 9_007_199_254_740_993  # 2 ** 53 + 1: the first integer that a double cannot hold


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema revenue")
    connection.execute(
        """
        create table revenue.balances as
        select contract_id, currency, 'USD' as functional_currency, billed_minor,
            billed_minor as functional_amount_minor, billed_minor as reporting_minor,
            cast(billed_minor as decimal(28, 4)) as reporting_amount,
            cast('1.123456789012' as decimal(20, 12)) as unit_price,
            date '2026-01-31' as billed_date, timestamp '2026-01-31 23:59:59' as known_at,
            true as is_tied, note
        from (values
            ('0042', 'JPY', 1500, null),
            ('1042', 'KWD', -1234567, ''),
            ('2042', 'USD', 995, '=1+1'),
            ('3042', 'USD', 9007199254740993, 'large'),
            ('4042', 'XXX', 7, 'no currency')
        ) as facts(contract_id, currency, billed_minor, note)
        """
    )
    connection.execute("create table revenue.schedule as select 3::bigint as price_minor")
    return connection


def _read_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> list[dict[str, str]]:
    mart_files.write_mart(connection, _mart(connection, "balances"), path, "csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _read_workbook(connection: duckdb.DuckDBPyConnection, path: Path) -> list[dict[str, object]]:
    mart_files.write_mart(connection, _mart(connection, "balances"), path, "xlsx")
    header, *rows = openpyxl.load_workbook(path).active.iter_rows()
    names = [cell.value for cell in header]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _mart(connection: duckdb.DuckDBPyConnection, name: str) -> object:
    return find(published_marts(connection), name)


def test_csv_has_money_in_both_units_with_the_decimals_of_the_currency(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = _read_csv(connection, tmp_path / "balances.csv")
    assert [(row["billed_minor"], row["billed_amount"]) for row in rows] == [
        ("1500", "1500"),
        ("-1234567", "-1234.567"),
        ("995", "9.95"),
        ("9007199254740993", "90071992547409.93"),
        ("7", ""),
    ]


def test_functional_money_follows_the_functional_currency(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = _read_csv(connection, tmp_path / "balances.csv")
    assert [row["functional_amount"] for row in rows][:2] == ["15.00", "-12345.67"]


def test_an_amount_for_display_gives_way_to_the_exact_one(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = _read_csv(connection, tmp_path / "balances.csv")
    assert [row["reporting_amount"] for row in rows][:2] == ["1500", "-1234.567"]


def test_csv_tells_nothing_from_an_empty_text(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _read_csv(connection, tmp_path / "balances.csv")
    first, second = (tmp_path / "balances.csv").read_text().splitlines()[1:3]
    assert first.endswith(",2026-01-31,2026-01-31T23:59:59Z,true,")
    assert second.endswith(',true,""')


def test_a_workbook_has_amounts_as_numbers_and_ids_as_text(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = _read_workbook(connection, tmp_path / "balances.xlsx")
    amounts = [row["billed_amount"] for row in rows]
    assert [Decimal(str(cell.value)) for cell in amounts[:3]] == [
        Decimal(1500),
        Decimal("-1234.567"),
        Decimal("9.95"),
    ]
    assert [cell.data_type for cell in amounts[:3]] == ["n"] * 3
    assert [cell.number_format for cell in amounts[:3]] == ["#,##0", "#,##0.000", "#,##0.00"]
    minor = [row["billed_minor"].value for row in rows]
    assert minor[:3] == [1500, -1234567, 995]
    assert [type(value) for value in minor[:3]] == [int] * 3
    assert [row["contract_id"].value for row in rows][:2] == ["0042", "1042"]
    assert rows[0]["billed_date"].value.date().isoformat() == "2026-01-31"
    assert rows[0]["is_tied"].value is True
    assert rows[0]["unit_price"].value == 1.123456789012


def test_a_number_that_a_worksheet_would_round_is_written_as_text(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    row = _read_workbook(connection, tmp_path / "balances.xlsx")[3]
    assert row["billed_minor"].value == str(LARGEST)
    assert row["billed_amount"].value == "90071992547409.93"


def test_a_text_is_no_formula(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    cell = _read_workbook(connection, tmp_path / "balances.xlsx")[2]["note"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("kind", mart_files.FORMATS)
def test_the_same_mart_gives_the_same_bytes(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str
) -> None:
    mart = _mart(connection, "balances")
    for name in ("one", "two"):
        mart_files.write_mart(connection, mart, tmp_path / name, kind)
        connection.execute("create or replace table t as from revenue.balances order by random()")
        connection.execute("create or replace table revenue.balances as from t")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_text_too_long_for_a_cell_is_refused_and_nothing_is_written(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("create table revenue.long as select repeat('x', 32768) as text")
    path = tmp_path / "long.xlsx"
    with pytest.raises(TooLargeForExcelError, match="--format csv"):
        mart_files.write_mart(connection, _mart(connection, "long"), path, "xlsx")
    assert not path.exists()


def test_money_without_a_currency_stays_in_minor_units(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    names = [column.name for column in _mart(connection, "schedule").columns]
    assert names == ["price_minor"]


def test_an_unknown_mart_names_the_near_ones(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UnknownMartError, match=r"no published mart balance\..*revenue\.balances"):
        _mart(connection, "balance")
    with pytest.raises(UnknownMartError, match="--list"):
        _mart(connection, "qqqq")


def test_a_name_of_two_areas_asks_for_the_area(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema usage")
    connection.execute("create table usage.schedule as select 1 as n")
    with pytest.raises(UnknownMartError, match=r"revenue\.schedule, usage\.schedule"):
        _mart(connection, "schedule")
    assert _mart(connection, "usage.schedule").address == "usage.schedule"


def test_the_command_writes_what_was_published(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    publish.publish_area(connection, home.marts, "revenue", ["balances", "schedule"], "one")
    publish.publish_file(home.marts, "one")
    place = ["--home", str(home.path)]
    out = tmp_path / "b.xlsx"
    assert invoke(["export", "balances", "--out", str(out), *place]) == 0
    assert capsys.readouterr().out == f"Wrote {out}: 5 rows of revenue.balances\n"
    assert openpyxl.load_workbook(out).active.max_row == 6
    assert invoke(["export", "--all", str(tmp_path / "all"), *place]) == 0
    written = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert written == ["revenue.balances.csv", "revenue.schedule.csv"]
    capsys.readouterr()
    assert invoke(["export", "--list", *place]) == 0
    assert capsys.readouterr().out.split() == ["revenue.balances", "revenue.schedule"]
    assert invoke(["export", *place]) == WRONG_USAGE
    assert invoke(["export", "balanzes", *place]) == WRONG_USAGE
    assert "revenue.balances" in capsys.readouterr().err
