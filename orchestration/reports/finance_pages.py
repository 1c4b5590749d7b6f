"""Pages of the balances: roll-forwards and trial balance.

Belongs here: which figures these pages show, and which rows stand behind them.
Does not: revenue (revenue_pages), the work of closing (working_pages), or the rows (rows_behind).
"""

from itertools import groupby
from typing import Any

from orchestration.reports import rows_behind as behind
from orchestration.reports.books import Books
from orchestration.reports.charts import stacked_bars
from orchestration.reports.elements import (
    Cell,
    Page,
    Row,
    Section,
    Table,
    anchor,
    money,
    text,
    title,
    verdict,
)

_ROLES = {
    "deferred_revenue": "Deferred revenue",
    "unbilled_receivable": "Unbilled receivables",
    "accounts_receivable": "Receivables",
}
_BALANCE_OF_ROLE = {"deferred_revenue", "unbilled_receivable"}
_AFTER_CLOSING = (
    "ledger_balance_minor",
    "posted_in_other_period_minor",
    "held_difference_minor",
    "awaiting_sealing_minor",
)


def roll_forwards(books: Books) -> Page:
    """Return the roll-forwards that are asked for most."""
    rows = books.rows(
        "select * from reconciliation.roll_forwards"
        " order by account_role, legal_entity_code, currency, accounting_period"
    )
    sections = []
    for role, name in _ROLES.items():
        sections.append(
            Section(anchor=anchor(role), title=name, intro="Opening + movements = closing.")
        )
        of_role = [row for row in rows if row["account_role"] == role]
        sections += [
            _roll_forward(books, role, place, list(members))
            for place, members in groupby(
                of_role, key=lambda row: (row["legal_entity_code"], row["currency"])
            )
        ]
    return Page(
        path="roll_forwards.html",
        title="Roll-forwards",
        intro=(
            "Every balance from opening to closing, and from closing to the general ledger:"
            " closing = ledger balance + posted in other period + held + awaiting sealing."
        ),
        sections=sections,
        files=("data/reconciliation.roll_forwards.csv",),
    )


def _roll_forward(
    books: Books, role: str, place: tuple[str, str], rows: list[dict[str, Any]]
) -> Section:
    entity, currency = place
    names = list(rows[0])
    movements = names[names.index("opening_minor") + 1 : names.index("closing_minor")]
    movements = [name for name in movements if any(row[name] for row in rows)]
    columns = ["opening_minor", *movements, "closing_minor", *_AFTER_CLOSING]

    def cell(row: dict[str, Any], column: str) -> Cell:
        period = row["accounting_period"]
        lines = books.link(behind.SUBLEDGER_LINES, role, entity, currency, period)
        if column == "closing_minor" and role in _BALANCE_OF_ROLE:
            lines = books.link(behind.BALANCES, entity, currency, period) or lines
        return money(row[column], currency, lines)

    return Section(
        anchor=anchor(role, entity, currency),
        title=f"{entity}, {currency}",
        level=3,
        charts=[
            stacked_bars(
                f"{_ROLES[role]} of {entity} in {currency} at the end of each period",
                [row["accounting_period"] for row in rows],
                {"closing": [row["closing_minor"] for row in rows]},
                currency,
            )
        ],
        tables=[
            Table(
                caption=f"{_ROLES[role]} of {entity} in {currency}",
                columns=["Period", *(title(name) for name in columns), "Verdict"],
                rows=[
                    Row(
                        anchor=anchor(role, entity, currency, row["accounting_period"]),
                        cells=[
                            text(row["accounting_period"]),
                            *(cell(row, name) for name in columns),
                            verdict(is_good=row["is_tied"], good="ties out", bad="differs"),
                        ],
                    )
                    for row in rows
                ],
            )
        ],
    )


def trial_balance(books: Books) -> Page:
    """Return the trial balance of the last period, in the subledger, the ledger and the ERP."""
    rows = books.rows(
        "select * from reconciliation.trial_balance"
        " qualify accounting_period = max(accounting_period) over (partition by erp_code,"
        " legal_entity_code) order by erp_code, legal_entity_code, currency, account_code"
    )
    return Page(
        path="trial_balance.html",
        title="Trial balance",
        intro=(
            "Each account three times, debits positive: in the subledger, in the sealed journals"
            " and in the ERP. An account leads to its periods, a balance of the ERP to the journal"
            " lines of the last one."
        ),
        sections=[
            _trial_balance(books, place, list(members))
            for place, members in groupby(
                rows, key=lambda row: (row["erp_code"], row["legal_entity_code"], row["currency"])
            )
        ],
        files=("data/reconciliation.trial_balance.csv",),
    )


_TRIAL_BALANCE = (
    "subledger_closing_minor", "unaccounted_minor", "posted_in_other_period_minor",
    "sealed_closing_minor", "undelivered_minor", "erp_closing_minor", "difference_minor",
)  # fmt: skip


def _trial_balance(
    books: Books, place: tuple[str, str, str], rows: list[dict[str, Any]]
) -> Section:
    erp, entity, currency = place
    period = rows[0]["accounting_period"]

    def cell(row: dict[str, Any], name: str) -> Cell:
        address = (erp, entity, row["account_code"], currency)
        href = books.link(behind.TRIAL_BALANCE, *address)
        if name == "erp_closing_minor":
            href = books.link(behind.ACCOUNT_LINES, *address, period) or href
        return money(row[name], currency, href)

    totals = [money(sum(row[name] for row in rows), currency) for name in _TRIAL_BALANCE]
    is_tied = all(row["is_tied"] for row in rows)
    return Section(
        anchor=anchor(*place),
        title=f"{entity}, {currency}",
        level=2,
        tables=[
            Table(
                caption=f"Balances of {entity} in {currency} at the end of {period}, ERP {erp}",
                columns=["Account", *(title(name) for name in _TRIAL_BALANCE), "Verdict"],
                rows=[
                    Row(
                        cells=[
                            text(
                                row["account_code"],
                                books.link(
                                    behind.TRIAL_BALANCE, erp, entity, row["account_code"], currency
                                ),
                            ),
                            *(cell(row, name) for name in _TRIAL_BALANCE),
                            verdict(is_good=row["is_tied"], good="ties out", bad="differs"),
                        ]
                    )
                    for row in rows
                ],
                foot=[
                    Row(
                        cells=[
                            text("Sum"),
                            *totals,
                            verdict(is_good=is_tied, good="ties out", bad="differs"),
                        ]
                    )
                ],
            )
        ],
    )
