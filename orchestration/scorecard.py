"""How well the flow works: KPIs of their last period, and how many promises about time were kept.

Belongs here: reading both from the marts, and printing them.
Does not: computing them (dbt's metrics marts do).
"""

from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

_KPIS = """
    select
        kpi_code, title, accounting_period, legal_entity_code, source, kpi_value, unit,
        target_value, is_met, missing_reason
    from metrics.workflow_kpis
    qualify accounting_period is not distinct from
        max(accounting_period) over (partition by kpi_code)
    order by kpi_code, legal_entity_code nulls first, source nulls first
"""
_LEVELS = """
    select
        metric_code,
        title,
        min(target_minutes) as target_minutes,
        count(*) as object_count,
        count(*) filter (where not is_breach) as kept_count,
        count(*) filter (where is_open and is_breach) as late_count
    from metrics.service_levels group by metric_code, title order by metric_code
"""


def kpis(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return each KPI's values of the last period that has any."""
    return _rows(connection, _KPIS)


def service_levels(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return for each service level how often it was kept, and how much is open and late."""
    return _rows(connection, _LEVELS)


def show(
    kpi_rows: list[dict[str, Any]], level_rows: list[dict[str, Any]], console: Console
) -> None:
    """Print the service levels, then the KPIs that miss their target."""
    table = Table(box=None, pad_edge=False, title="Service levels", title_justify="left")
    for column in ("", "kept", "late now"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for row in level_rows:
        kept = f"{row['kept_count']:,} of {row['object_count']:,}"
        table.add_row(row["title"], kept, f"{row['late_count']:,}" if row["late_count"] else "")
    console.print(table)
    missed = [row for row in kpi_rows if row["is_met"] is False]
    judged = [row for row in kpi_rows if row["is_met"] is not None]
    console.print(f"KPIs        {len(judged) - len(missed)} of {len(judged)} meet their target")
    for row in missed:
        place = row["legal_entity_code"] or row["source"]
        where = f" ({row['accounting_period']}{f', {place}' if place else ''})"
        figures = (
            f"{_figure(row['kpi_value'])} {row['unit']}, target {_figure(row['target_value'])}"
        )
        console.print(f"  {row['title']}{where}: {figures}")


def _figure(value: Any) -> str:  # noqa: ANN401  # a decimal of the database
    """Write a decimal without the zeros that only fill its places."""
    return f"{value.normalize():,f}"


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
