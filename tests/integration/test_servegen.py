"""Real usage from file to books: quantities and charges equal plain SQL over the file.

The SQL here reads the file and the company's price list and nothing of the pipeline.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.company import read_company
from tests.pipeline import query

USAGE = Path(__file__).resolve().parents[3] / "shared/data/servegen/demo_usage_records.csv.gz"
AS_OF = datetime(2026, 11, 9, 6, tzinfo=UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not USAGE.is_file(), reason=f"the ServeGen usage is not at {USAGE}"),
]


@dataclass(frozen=True, kw_only=True)
class UsageRun:
    """A run over the file, and the file itself as a table `records`."""

    company: Path
    home: Path
    said: dict[str, Any]
    records: duckdb.DuckDBPyConnection

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the warehouse."""
        return query(self.home, sql)

    def expect(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the file."""
        cursor = self.records.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def usage_run(tmp_path_factory: pytest.TempPathFactory) -> UsageRun:
    company = tmp_path_factory.mktemp("company")
    home = tmp_path_factory.mktemp("state") / "servegen"
    _tieout("demo", "--usage", str(USAGE), "--out", str(company))
    records = duckdb.connect()
    records.execute(
        f"""
        create table records as
        select id, subject, meter, cast(time as timestamp) as time,
            cast(quantity as decimal(17, 6)) as quantity
        from read_csv('{USAGE}', all_varchar = true)
        """
    )
    return UsageRun(
        company=company,
        home=home,
        said=json.loads(_tieout("run", "--company", str(company), "--home", str(home), "--json")),
        records=records,
    )


def _tieout(*arguments: str) -> str:
    program = Path(sys.executable).with_name("tieout")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_instant_of_the_run_is_pinned_after_the_last_record(usage_run: UsageRun) -> None:
    (arrival,) = read_company(usage_run.company).arrivals

    assert arrival.at == AS_OF


def test_every_record_is_accepted_once(usage_run: UsageRun) -> None:
    (expected,) = usage_run.expect(
        "select count(*) as landed, count(distinct id) as ids from records"
    )
    (file,) = usage_run.ask(
        "select landed_count, accepted_count, duplicate_count, quarantined_count from raw.manifest"
        f" where landed_path like '%{USAGE.name}'"
    )

    assert list(file.values()) == [expected["landed"], expected["ids"], 0, 0]


def test_the_summary_says_that_everything_ties_out(usage_run: UsageRun) -> None:
    assert [row for row in usage_run.said["tie_outs"] if not row["is_tied"]] == []
    assert len(usage_run.said["tie_outs"]) > 0


def test_nothing_is_held(usage_run: UsageRun) -> None:
    assert usage_run.ask("select * from usage.held_usage") == []
    assert usage_run.ask("select * from controls.exceptions") == []


def test_quantities_per_customer_and_meter_equal_the_file(usage_run: UsageRun) -> None:
    booked = usage_run.ask(
        """
        select customer_references.source_customer_id as subject, charges.meter_code as meter,
            charges.accounting_period as month,
            cast(sum(charges.quantity) as decimal(38, 6)) as quantity,
            cast(sum(charges.event_count) as bigint) as records
        from usage.usage_charges as charges
        inner join contracts.contracts using (contract_id)
        inner join raw.reference_customer_references as customer_references
            on contracts.customer_id = customer_references.customer_id
            and customer_references.source = 'servegen'
        group by all order by all
        """
    )
    expected = usage_run.expect(
        """
        select subject, meter, strftime(time, '%Y-%m') as month,
            cast(sum(quantity) as decimal(38, 6)) as quantity, count(*) as records
        from records group by all order by all
        """
    )

    assert len({row["subject"] for row in expected}) == 97
    assert booked == expected


def test_charges_equal_the_price_list_over_the_file(usage_run: UsageRun) -> None:
    booked = usage_run.ask(
        """
        select meter_code as meter, accounting_period as month,
            cast(sum(charge_minor) as bigint) as minor, count(*) as charges
        from usage.usage_charges where quantity > 0 group by all order by all
        """
    )
    expected = usage_run.expect(
        """
        with used as (
            select subject, meter, strftime(time, '%Y-%m') as month, sum(quantity) as units
            from records group by all
        ),
        cents as (
            select meter, month,
                case meter
                    when 'input_tokens' then
                        least(units, 100000000) * 0.0001
                        + greatest(least(units, 1000000000) - 100000000, 0) * 0.00008
                        + greatest(units - 1000000000, 0) * 0.00005
                    when 'output_tokens' then units * 0.001
                    when 'requests' then ceil(units / 1000) * 100
                end as cents
            from used
        )
        select meter, month, cast(sum(cast(round(cents, 0) as bigint)) as bigint) as minor,
            count(*) as charges
        from cents group by all order by all
        """
    )

    assert [row["meter"] for row in expected] == [
        *("input_tokens", "input_tokens"),
        *("output_tokens", "output_tokens"),
        *("requests", "requests"),
    ]
    assert booked == expected


def test_revenue_of_use_in_the_erp_is_the_sum_of_the_charges(usage_run: UsageRun) -> None:
    (charges,) = usage_run.ask(
        "select cast(sum(charge_minor) as bigint) as minor from usage.usage_charges"
    )
    (booked,) = usage_run.ask(
        """
        select cast(sum(case side when 'credit' then amount_minor else -amount_minor end) as bigint)
            as minor
        from exports.erp_documents where account_code = '4200'
        """
    )

    assert booked == charges
    assert charges["minor"] > 0
