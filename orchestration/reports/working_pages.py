"""Pages of the work of closing: the close gate, exceptions, documents.

Belongs here: which figures these pages show, and which rows stand behind them.
Does not: balances and revenue (finance_pages), KPIs (measure_pages), or the rows (rows_behind).
"""

from itertools import groupby
from typing import Any

from orchestration.reports import rows_behind as behind
from orchestration.reports.books import Books
from orchestration.reports.elements import (
    Cell,
    Page,
    Row,
    Section,
    Table,
    anchor,
    code,
    count,
    money,
    text,
    words,
)

_MOST_EXCEPTIONS = 2_000
# Where the rows are that a check of the close gate found.
_FOUND_ON = {
    "quarantine_empty": "exceptions.html",
    "usage_not_held": "exceptions.html",
    "nothing_held": "exceptions.html",
    "exceptions_worked": "exceptions.html",
    "approvals_given": "journals.html",
    "documents_delivered": "journals.html",
    "trial_balance_agrees": "trial_balance.html",
    "balances_roll_forward": "roll_forwards.html",
    "erp_documents_agree": "index.html#tie-outs",
    "revenue_ties_out": "index.html#tie-outs",
    "billing_ties_out": "index.html#tie-outs",
    "usage_is_billed": "index.html#tie-outs",
}


def close_gate(books: Books) -> Page:
    """Return the checklist of every open period."""
    rows = books.rows(
        "select * from reconciliation.close_gate"
        " order by accounting_period, legal_entity_code, position"
    )
    sections = [
        _checklist(place, list(members))
        for place, members in groupby(
            rows, key=lambda row: (row["accounting_period"], row["legal_entity_code"])
        )
    ]
    return Page(
        path="close_gate.html",
        title="Close gate",
        intro="What must be so before a period is closed. A person closes it: tieout close PERIOD.",
        sections=sections
        or [Section(anchor="none", title="No open period", intro="Every period is closed.")],
        files=("data/reconciliation.close_gate.csv",),
    )


def _checklist(place: tuple[str, str], rows: list[dict[str, Any]]) -> Section:
    period, entity = place
    blocking = sum(_blocks(row) for row in rows)
    passed = sum(row["is_passed"] for row in rows)
    over = "over" if rows[0]["is_period_over"] else "not over yet"
    return Section(
        anchor=anchor(period, entity),
        title=f"{period}, {entity}",
        intro=f"The period is {over}: {passed} of {len(rows)} checks pass, {blocking} block.",
        tables=[
            Table(
                caption=f"Checks of {period} for {entity}",
                columns=["Check", "Verdict", "Found", "What was found"],
                rows=[
                    Row(
                        cells=[
                            text(row["title"]),
                            _gate_verdict(row),
                            count(
                                row["finding_count"],
                                _FOUND_ON.get(row["check_code"], "")
                                if row["finding_count"]
                                else "",
                            ),
                            text("" if row["is_passed"] else row["sentence"]),
                        ]
                    )
                    for row in rows
                ],
            )
        ],
    )


def _blocks(row: dict[str, Any]) -> bool:
    return not row["is_passed"] and row["severity"] == "blocking"


def _gate_verdict(row: dict[str, Any]) -> Cell:
    if row["is_passed"]:
        return Cell(text="passes", tone="good")
    return Cell(text="blocks", tone="bad") if _blocks(row) else Cell(text="look at it", tone="warn")


def exceptions(books: Books) -> Page:
    """Return everything that is held or does not agree, by code."""
    rows = books.rows(
        "select *, count(*) over (partition by code) as code_count from controls.exceptions"
        " order by list_position(['error', 'warning', 'info'], severity), code,"
        f" abs(amount_minor) desc nulls last, exception_key limit {_MOST_EXCEPTIONS}"
    )
    sections = [
        _of_code(list(members)) for _, members in groupby(rows, key=lambda row: row["code"])
    ]
    return Page(
        path="exceptions.html",
        title="Exceptions",
        intro=(
            "What is held or does not agree: what is wrong with both numbers, whose it is, how old"
            " it is and what to do next. Nothing here stops anything else."
        ),
        sections=sections or [Section(anchor="none", title="None", intro="Nothing is open.")],
        files=("data/controls.exceptions.csv", "data/controls.exception_history.csv"),
    )


def _of_code(rows: list[dict[str, Any]]) -> Section:
    first = rows[0]
    whole = first["code_count"]
    return Section(
        anchor=anchor(first["code"]),
        title=f"{first['title']}: {whole:,}",
        intro=f"{first['code']}, {first['severity']}.",
        tables=[
            Table(
                caption=f"Open exceptions {first['code']}",
                columns=["Subject", "What is wrong", "Amount at risk", "", "Owner", "Age", "Next"],
                rows=[
                    Row(
                        anchor=anchor(row["exception_key"]),
                        cells=[
                            text(f"{words(row['subject_type'])} {row['subject_key']}"),
                            text(row["sentence"]),
                            money(row["amount_minor"], row["currency"]),
                            text(row["currency"] if row["amount_minor"] is not None else ""),
                            text(row["owner"]),
                            _age(row),
                            text(row["next_step"]),
                        ],
                    )
                    for row in rows
                ],
                more=f"{len(rows):,} of {whole:,} are shown. All of them:"
                if len(rows) < whole
                else "",
            )
        ],
    )


def _age(row: dict[str, Any]) -> Cell:
    days = "new" if not row["age_days"] else f"{row['age_days']} days"
    if row["accepted_by"]:
        return text(f"{days}, accepted by {row['accepted_by']}")
    if row["is_late"]:
        return Cell(text=f"{days}, late: {row['sla_days']} allowed", tone="bad")
    return text(days)


def journals(books: Books) -> Page:
    """Return the newest documents, each with its number in the ERP."""
    rows = books.rows(
        "select *, count(*) over () as whole_count from journals.journal_entries"
        f" order by posting_date desc, document_key limit {behind.MOST_DOCUMENTS}"
    )
    by_period = sorted(rows, key=lambda row: row["accounting_period"], reverse=True)
    return Page(
        path="journals.html",
        title="Journals",
        intro=(
            "Every sealed document with its number in the ERP. Its total leads to its lines, the"
            " number of lines to what they sum up: contracts, documents of billing, usage."
        ),
        sections=[
            _documents(books, period, list(members))
            for period, members in groupby(by_period, key=lambda row: row["accounting_period"])
        ]
        or [Section(anchor="none", title="No documents", intro="Nothing has been sealed.")],
        files=("data/journals.journal_entries.csv", "data/journals.journal_lines.csv"),
    )


def _documents(books: Books, period: str, rows: list[dict[str, Any]]) -> Section:
    return Section(
        anchor=anchor(period),
        title=f"{period}: {len(rows):,} documents",
        tables=[
            Table(
                caption=f"Documents of {period}",
                columns=[
                    "Document", "Legal entity", "Posting date", "Type", "Document of billing",
                    "Currency", "Total", "Lines", "ERP", "ERP document", "Status",
                ],
                rows=[_document(books, row) for row in rows],
                more=f"The newest {behind.MOST_DOCUMENTS:,} of {rows[0]['whole_count']:,} documents"
                " are shown. All of them:"
                if rows[0]["whole_count"] > behind.MOST_DOCUMENTS
                else "",
            )
        ],
    )  # fmt: skip


def _document(books: Books, row: dict[str, Any]) -> Row:
    key = row["document_key"]
    is_settled = row["delivery_status"] in {"posted", "voided"}
    return Row(
        anchor=anchor(key),
        cells=[
            code(key, books.link(behind.JOURNAL_LINES, key)),
            text(row["legal_entity_code"]),
            text(row["posting_date"]),
            text(words(row["entry_type"])),
            text(row["source_document"]),
            text(row["currency"]),
            money(row["total_minor"], row["currency"], books.link(behind.JOURNAL_LINES, key)),
            count(row["line_count"], books.link(behind.LINE_SOURCES, key)),
            text(row["erp_code"]),
            code(row["erp_number"]),
            Cell(text=words(row["delivery_status"]), tone="" if is_settled else "warn"),
        ],
    )
