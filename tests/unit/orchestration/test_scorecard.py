"""The scorecard: what people read of KPIs and service levels."""

from io import StringIO

import duckdb
import pytest
from rich.console import Console

from orchestration import scorecard


@pytest.fixture
def marts() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema metrics")
    connection.execute(
        """
        create table metrics.workflow_kpis as
        select 'duplicate_rate' as kpi_code, 'Duplicates' as title, period as accounting_period,
            null::varchar as legal_entity_code, 'crm' as source,
            figure::decimal(18, 6) as kpi_value, 'percent' as unit,
            1::decimal(18, 6) as target_value, figure <= 1 as is_met,
            null::varchar as missing_reason
        from (values ('2026-01', 9.0), ('2026-02', 1.5)) as facts(period, figure)
        union all
        select 'close_cycle', 'Closing', null, null, null, null, 'hours', 120, null, 'None closed.'
        """
    )
    connection.execute(
        """
        create table metrics.service_levels as
        select 'invoice_to_erp' as metric_code, 'Invoice to ERP' as title, 60 as target_minutes,
            is_breach, is_open
        from (values (false, false), (true, false), (true, true)) as facts(is_breach, is_open)
        """
    )
    return connection


def test_kpis_are_those_of_the_last_period_of_each(marts: duckdb.DuckDBPyConnection) -> None:
    found = scorecard.kpis(marts)
    assert [(row["kpi_code"], row["accounting_period"]) for row in found] == [
        ("close_cycle", None),
        ("duplicate_rate", "2026-02"),
    ]


def test_people_read_what_is_kept_late_and_missed(marts: duckdb.DuckDBPyConnection) -> None:
    said = StringIO()
    scorecard.show(
        scorecard.kpis(marts), scorecard.service_levels(marts), Console(file=said, width=100)
    )
    lines = [" ".join(line.split()) for line in said.getvalue().splitlines()]
    assert "Invoice to ERP 1 of 3 1" in lines
    assert lines[-2:] == [
        "KPIs 0 of 1 meet their target",
        "Duplicates (2026-02, crm): 1.5 percent, target 1",
    ]
