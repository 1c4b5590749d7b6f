"""KPIs and service levels: their page, and what the first page says of them.

Belongs here: how well the flow works, from its own facts.
Does not: what a KPI or a service level is (scorecard), or the rows (rows_behind).
"""

from typing import Any

from orchestration import scorecard
from orchestration.reports import rows_behind as behind
from orchestration.reports.books import Books
from orchestration.reports.elements import (
    Cell,
    Page,
    Row,
    Section,
    Table,
    count,
    decimal,
    text,
    verdict,
)


def measures(books: Books) -> Page:
    """Return KPIs of their last period, and how often each service level was kept."""
    return Page(
        path="measures.html",
        title="KPIs and service levels",
        intro=(
            "How well the flow works, from its own facts. A KPI is that of the last period that"
            " has one; a service level counts what is open until as of."
        ),
        sections=[_kpis(books), _service_levels(books)],
        files=("data/metrics.workflow_kpis.csv", "data/metrics.service_levels.csv"),
    )


def _kpis(books: Books) -> Section:
    def met(row: dict[str, Any]) -> Cell:
        if row["is_met"] is None:
            return text(row["missing_reason"] or "")
        return verdict(is_good=row["is_met"], good="meets", bad="misses")

    return Section(
        anchor="kpis",
        title="KPIs",
        tables=[
            Table(
                caption="KPIs of their last period",
                columns=["KPI", "Period", "Legal entity or source", "Value", "Unit", "Target", ""],
                rows=[
                    Row(
                        cells=[
                            text(row["title"]),
                            text(row["accounting_period"]),
                            text(row["legal_entity_code"] or row["source"] or "all"),
                            decimal(row["kpi_value"], books.link(behind.KPIS, row["kpi_code"])),
                            text(row["unit"]),
                            decimal(row["target_value"]),
                            met(row),
                        ]
                    )
                    for row in scorecard.kpis(books.connection)
                ],
            )
        ],
    )


def _service_levels(books: Books) -> Section:
    return Section(
        anchor="service-levels",
        title="Service levels",
        tables=[
            Table(
                caption="Service levels",
                columns=["Service level", "Allowed minutes", "Kept", "Of", "Open and late"],
                rows=[
                    Row(
                        cells=[
                            text(row["title"]),
                            count(row["target_minutes"]),
                            *(
                                count(
                                    row[name],
                                    books.link(behind.SERVICE_LEVELS, row["metric_code"]),
                                )
                                for name in ("kept_count", "object_count", "late_count")
                            ),
                        ]
                    )
                    for row in scorecard.service_levels(books.connection)
                ],
            )
        ],
    )


def measures_in_brief(books: Books) -> Section:
    """Return how many KPIs and service levels are met, for the first page."""
    kpis = [row for row in scorecard.kpis(books.connection) if row["is_met"] is not None]
    met = sum(row["is_met"] for row in kpis)
    levels = scorecard.service_levels(books.connection)
    kept = sum(row["kept_count"] for row in levels)
    objects = sum(row["object_count"] for row in levels)
    late = sum(row["late_count"] for row in levels)
    return Section(
        anchor="measures",
        title="KPIs and service levels",
        tables=[
            Table(
                caption="How well the flow works",
                columns=["", "Met", "Of", "Open and late"],
                rows=[
                    Row(
                        cells=[
                            text("KPIs that meet their target", "measures.html#kpis"),
                            count(met, "measures.html#kpis"),
                            count(len(kpis), "measures.html#kpis"),
                            count(None),
                        ]
                    ),
                    Row(
                        cells=[
                            text("Service levels that were kept", "measures.html#service-levels"),
                            count(kept, "measures.html#service-levels"),
                            count(objects, "measures.html#service-levels"),
                            count(late, "measures.html#service-levels"),
                        ]
                    ),
                ],
            )
        ],
    )
