"""Pages of revenue: the waterfall, recurring revenue and what is still to be earned.

Belongs here: which figures these pages show, and which rows stand behind them.
Does not: balances (finance_pages), the work of closing (working_pages), or the rows (rows_behind).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from orchestration.reports import rows_behind as behind
from orchestration.reports.books import Books
from orchestration.reports.charts import stacked_bars
from orchestration.reports.elements import (
    Page,
    Row,
    Section,
    Table,
    anchor,
    count,
    money,
    percent,
    text,
    title,
)

_WATERFALL_PARTS = ("actual", "pending", "scheduled")
_BRIDGE = (
    "opening_mrr", "new", "reactivation", "expansion", "price", "contraction", "churn",
    "closing_mrr",
)  # fmt: skip


def waterfall(books: Books) -> Page:
    """Return the revenue waterfall."""
    rows = books.rows(
        "select * from revenue.revenue_waterfall"
        " order by legal_entity_code, currency, as_of_period, recognition_period"
    )
    return Page(
        path="waterfall.html",
        title="Revenue waterfall",
        intro=(
            "Rows are what was known at the end of a period, columns the period revenue belongs to."
            " Actual is earned and sealed, pending is earned and held or not sealed yet, scheduled"
            " is what booked service still has to earn. Usage is planned by nobody."
        ),
        sections=[
            _waterfall(books, place, list(members))
            for place, members in groupby(
                rows, key=lambda row: (row["legal_entity_code"], row["currency"])
            )
        ],
        files=("data/revenue.revenue_waterfall.csv", "data/revenue.remaining_obligations.csv"),
    )


def _waterfall(books: Books, place: tuple[str, str], rows: list[dict[str, Any]]) -> Section:
    entity, currency = place
    periods = sorted({row["recognition_period"] for row in rows if _is_anything(row)})
    facts = {(row["as_of_period"], row["recognition_period"]): row for row in rows}
    as_ofs = sorted({row["as_of_period"] for row in rows})
    last = as_ofs[-1]

    def amount(as_of: str, period: str, part: str) -> int:
        found = facts.get((as_of, period))
        return found[f"{part}_minor"] if found else 0

    def line(name: str, as_of: str, part: str) -> Row:
        cells = [
            money(
                amount(as_of, period, part),
                currency,
                books.link(behind.SCHEDULES, entity, currency, period),
            )
            for period in periods
        ]
        whole = sum(amount(as_of, period, part) for period in periods)
        return Row(
            anchor=anchor(entity, currency, as_of, part),
            cells=[text(name), *cells, money(whole, currency)],
        )

    return Section(
        anchor=anchor(entity, currency),
        title=f"{entity}, {currency}",
        charts=[
            stacked_bars(
                f"Revenue of {entity} in {currency} by period, as of {last}",
                periods,
                {
                    part: [amount(last, period, part) for period in periods]
                    for part in _WATERFALL_PARTS
                },
                currency,
            )
        ],
        tables=[
            Table(
                caption=f"Revenue of {entity} in {currency} as of {last}",
                columns=["", *periods, "Total"],
                rows=[line(part.capitalize(), last, part) for part in _WATERFALL_PARTS],
                foot=[line("Total", last, "total")],
            ),
            Table(
                caption=f"Revenue of {entity} in {currency} as it was known",
                columns=["As of", *periods, "Total"],
                rows=[line(as_of, as_of, "total") for as_of in as_ofs if as_of != last],
            ),
        ],
    )


def _is_anything(row: dict[str, Any]) -> bool:
    return any(row[f"{part}_minor"] for part in (*_WATERFALL_PARTS, "total"))


def recurring_revenue(books: Books) -> Page:
    """Return recurring revenue with its bridge, and what is still to be earned."""
    rows = books.rows(
        "select * from metrics.revenue_metrics order by legal_entity_code, currency,"
        " accounting_period"
    )
    return Page(
        path="recurring_revenue.html",
        title="Recurring revenue",
        intro=(
            "MRR is what the fixed lines in force at the end of a month cost in a month; ARR is"
            " twelve times MRR. Opening + movements = closing."
        ),
        sections=[
            *_obligations(books),
            *(
                _bridge(books, place, list(members))
                for place, members in groupby(
                    rows, key=lambda row: (row["legal_entity_code"], row["currency"])
                )
            ),
        ],
        files=("data/metrics.revenue_metrics.csv", "data/metrics.revenue_movements.csv"),
    )


def _bridge(books: Books, place: tuple[str, str], rows: list[dict[str, Any]]) -> Section:
    entity, currency = place

    def link(row: dict[str, Any]) -> str:
        return books.link(behind.MOVEMENTS, entity, currency, row["accounting_period"])

    return Section(
        anchor=anchor(entity, currency),
        title=f"{entity}, {currency}",
        charts=[
            stacked_bars(
                f"MRR of {entity} in {currency} at the end of each period",
                [row["accounting_period"] for row in rows],
                {"MRR": [row["closing_mrr_minor"] for row in rows]},
                currency,
            )
        ],
        tables=[
            Table(
                caption=f"MRR of {entity} in {currency}",
                columns=[
                    "Period",
                    *(title(name).replace("mrr", "MRR") for name in _BRIDGE),
                    "ARR",
                    "Contracts",
                    "Net retention",
                    "Gross retention",
                ],
                rows=[
                    Row(
                        cells=[
                            text(row["accounting_period"]),
                            *(money(row[f"{name}_minor"], currency, link(row)) for name in _BRIDGE),
                            money(row["arr_minor"], currency, link(row)),
                            count(row["contract_count"]),
                            percent(row["net_retention_rate"]),
                            percent(row["gross_retention_rate"]),
                        ]
                    )
                    for row in rows
                ],
            )
        ],
    )


def _obligations(books: Books) -> Iterator[Section]:
    measures = behind.OBLIGATIONS.totals
    sums = ", ".join(f"sum({name}) as {name}" for name in measures)
    rows = books.rows(
        f"select legal_entity_code, currency, {sums} from revenue.remaining_obligations"
        " group by legal_entity_code, currency order by legal_entity_code, currency"
    )
    yield Section(
        anchor="remaining",
        title="Remaining obligations and deferred revenue by term",
        intro=(
            "The allocated price of fixed service that is still to be earned, and the price of"
            " prepaid credit that is not."
        ),
        tables=[
            Table(
                caption="Remaining obligations per legal entity and currency",
                columns=["Legal entity", "Currency", *(title(name) for name in measures)],
                headers=2,
                rows=[
                    Row(
                        cells=[
                            text(row["legal_entity_code"]),
                            text(row["currency"]),
                            *(
                                money(
                                    row[name],
                                    row["currency"],
                                    books.link(
                                        behind.OBLIGATIONS,
                                        row["legal_entity_code"],
                                        row["currency"],
                                    ),
                                )
                                for name in measures
                            ),
                        ]
                    )
                    for row in rows
                ],
            )
        ],
    )
