"""Real usage (ServeGen) lands whole: totals equal plain SQL over the file."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.home import Home
from ingestion import manifest, raw_store
from ingestion.company import read_company
from ingestion.landing import ingest
from tests.company import COMPANY_YAML, land, write_company

FILE = Path(__file__).parents[4] / "shared" / "data" / "servegen" / "demo_usage_records.csv.gz"
NOW = datetime(2026, 12, 31, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"{FILE} is not here; it comes with the shared data"
)


def test_totals_equal_plain_sql_over_the_file(tmp_path: Path) -> None:
    yaml = COMPANY_YAML.replace(
        'usage, files: "usage/*"', 'usage, files: "usage/*", columns: {source: source}'
    )
    company = write_company(tmp_path / "c", company_yaml=yaml)
    land(company, f"usage/{FILE.name}", FILE.read_bytes())
    home = Home(tmp_path / "h")
    result = ingest(read_company(company), home, NOW)
    land(company, f"again/usage/{FILE.name}", FILE.read_bytes())
    again = ingest(read_company(company), home, NOW)

    grouped = "select {day}, subject, {meter}, count(*), sum({quantity}) from {table} group by all"
    plain = grouped.format(
        day="cast(left(time, 10) as date)",
        meter="meter",
        quantity="cast(quantity as decimal(17,6))",
        table=f"read_csv('{FILE}', all_varchar = true)",
    )
    stored = grouped.format(
        day="usage_day", meter="meter_code", quantity="quantity", table="raw.usage"
    )
    with duckdb.connect() as connection:
        head = manifest.read_head(home).number
        raw_store.register_views(connection, home, reference_head=head, events_head=head)
        expected = connection.execute(f"{plain} order by all").fetchall()
        assert connection.execute(f"{stored} order by all").fetchall() == expected
        assert connection.execute("select count(*) from raw.quarantine").fetchone() == (0,)
        assert connection.execute(
            "select distinct source, properties from raw.usage"
        ).fetchall() == [("servegen", '{"window_seconds":"600"}')]
    assert sum(row[3] for row in expected) == 117_507
    assert (result.landed, result.accepted, result.duplicate) == (117_507, 117_507, 0)
    assert (again.landed, again.accepted, again.duplicate) == (117_507, 0, 117_507)
    assert manifest.verify(home) == []
