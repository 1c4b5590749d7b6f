"""The first page of the close pack: what the books say, whether they tie out, what is open.

Belongs here: the figures of the first page, and which rows or pages stand behind them.
Does not: the other pages (working_pages, measure_pages, finance_pages).
"""

from dataclasses import dataclass
from typing import Any

from orchestration import status
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
    verdict,
    words,
)
from orchestration.reports.measure_pages import measures_in_brief

_FIGURES = ("charges", "recognized", "deferred", "unbilled", "receivable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the marts were made from, as far as the home knows it.

    Attributes:
        company: its name.
        ledger_hash: of the last ledger file that the run saw.
        raw_hash: of the last raw entry that the run saw; it stands for all before.
    """

    company: str
    ledger_hash: str
    raw_hash: str


def overview(books: Books, run: dict[str, Any], origin: Origin) -> Page:
    """Return the first page."""
    return Page(
        path="index.html",
        title=f"{origin.company}: close pack",
        intro=(
            "Everything that is needed to close and to audit a month. Every underlined figure leads"
            " to the rows behind it; files in data/ have all rows. SHA256SUMS proves that no page"
            " was changed (sha256sum -c SHA256SUMS)."
        ),
        facts=[
            ("As of", text(run["as_of"]).text),
            ("Run", run["run_id"]),
            ("Ledger head", f"{run['ledger_head']} (SHA-256 {origin.ledger_hash})"),
            ("Raw head", f"{run['raw_head']} (SHA-256 {origin.raw_hash})"),
            ("Code version", run["code_version"]),
            ("Reference data version", run["reference_version"]),
            ("Policy version", run["policy_version"]),
        ],
        sections=[
            _figures(books),
            _tie_outs(books),
            _exceptions(books),
            _gate(books),
            measures_in_brief(books),
            _batches(books),
        ],
        files=("data/metrics.run_summary.csv", "data/reconciliation.tie_out_summary.csv"),
    )


def _figures(books: Books) -> Section:
    rows = books.rows(
        "select entity, currency, label, amount_minor from metrics.run_summary"
        " where entity is not null and section in ('usage', 'revenue') order by entity, currency"
    )
    amounts = {(row["entity"], row["currency"], row["label"]): row["amount_minor"] for row in rows}
    places = sorted({(row["entity"], row["currency"]) for row in rows})

    def cell(entity: str, currency: str, label: str) -> Cell:
        drill = behind.CHARGES if label == "charges" else behind.LATEST_BALANCES
        amount = amounts.get((entity, currency, label), 0)
        return money(amount, currency, books.link(drill, entity, currency))

    return Section(
        anchor="figures",
        title="Where the books stand",
        intro=(
            "Usage charged, revenue recognized to date, and the balances of deferred revenue,"
            " unbilled receivables and receivables."
        ),
        tables=[
            Table(
                caption="Figures per legal entity and currency",
                columns=["Legal entity", "Currency", *(each.capitalize() for each in _FIGURES)],
                headers=2,
                rows=[
                    Row(
                        cells=[
                            text(entity),
                            text(currency),
                            *(cell(entity, currency, label) for label in _FIGURES),
                        ]
                    )
                    for entity, currency in places
                ],
            )
        ],
    )


def _tie_outs(books: Books) -> Section:
    return Section(
        anchor="tie-outs",
        title="Tie-outs",
        intro=(
            "Two totals that must agree. Explained is what is held, not due yet or on its way;"
            " the difference is what nothing explains."
        ),
        tables=[
            Table(
                caption="Tie-outs",
                columns=[
                    "Tie-out", "In", "Left side", "Amount", "Right side", "Amount", "Explained",
                    "Difference", "Verdict",
                ],
                headers=2,
                rows=[_tie_out(books, row) for row in status.tie_outs(books.connection)],
            )
        ],
    )  # fmt: skip


def _tie_out(books: Books, row: dict[str, Any]) -> Row:
    name, currency = row["tie_out_name"], row["currency"]
    if currency is None:
        href = books.link(behind.USAGE_TIE_OUT, row["left_name"])
        figures = [
            count(row[f"{each}_count"], href)
            for each in ("left", "right", "explained", "difference")
        ]
    else:
        drill = behind.TIE_OUTS.get(name, behind.DOCUMENTS)
        href = books.link(drill, currency)
        figures = [
            money(row[f"{each}_minor"], currency, href)
            for each in ("left", "right", "explained", "difference")
        ]
    left, right, explained, difference = figures
    return Row(
        cells=[
            text(words(name).capitalize().replace("erp", "ERP")),
            text(currency or "events"),
            text(row["left_name"]),
            left,
            text(row["right_name"]),
            right,
            explained,
            difference,
            verdict(
                is_good=row["is_tied"], good="ties out", bad=f"{row['break_count']:,} to look at"
            ),
        ]
    )


def _exceptions(books: Books) -> Section:
    rows = books.rows(
        "select code, title, severity, owner, currency, count(*) as open_count,"
        " count(*) filter (where is_late) as late_count, sum(amount_minor) as amount_minor,"
        " count(*) filter (where amount_minor is null) as unknown_count"
        " from controls.exceptions group by code, title, severity, owner, currency"
        " order by list_position(['error', 'warning', 'info'], severity), code, owner, currency"
    )
    return Section(
        anchor="exceptions",
        title="Exceptions",
        intro="What is held or does not agree, with the amount at risk where it is known.",
        tables=[
            Table(
                caption="Open exceptions by code",
                columns=[
                    "Code", "What", "Severity", "Owner", "Open", "Late", "Amount at risk", "",
                ],
                rows=[
                    Row(
                        cells=[
                            code(row["code"], f"exceptions.html#{anchor(row['code'])}"),
                            text(row["title"]),
                            text(row["severity"]),
                            text(row["owner"]),
                            count(row["open_count"], f"exceptions.html#{anchor(row['code'])}"),
                            count(row["late_count"]),
                            money(
                                row["amount_minor"],
                                row["currency"],
                                f"exceptions.html#{anchor(row['code'])}",
                            ),
                            text(
                                row["currency"]
                                if row["amount_minor"] is not None
                                else "amount unknown"
                            ),
                        ]
                    )
                    for row in rows
                ],
            )
        ],
    )  # fmt: skip


def _gate(books: Books) -> Section:
    rows = books.rows(
        "select accounting_period, legal_entity_code, bool_and(is_period_over) as is_period_over,"
        " count(*) as check_count, count(*) filter (where is_passed) as passed_count,"
        " count(*) filter (where not is_passed and severity = 'blocking') as blocking_count"
        " from reconciliation.close_gate group by all order by all"
    )

    def href(row: dict[str, Any]) -> str:
        return f"close_gate.html#{anchor(row['accounting_period'], row['legal_entity_code'])}"

    return Section(
        anchor="gate",
        title="Close gate",
        intro="Open periods and what keeps them open.",
        tables=[
            Table(
                caption="Open periods",
                columns=["Period", "Legal entity", "Over", "Passed", "Checks", "Verdict"],
                headers=2,
                rows=[
                    Row(
                        cells=[
                            text(row["accounting_period"], href(row)),
                            text(row["legal_entity_code"]),
                            text(row["is_period_over"]),
                            count(row["passed_count"], href(row)),
                            count(row["check_count"], href(row)),
                            verdict(
                                is_good=not row["blocking_count"],
                                good="nothing blocks",
                                bad=f"{row['blocking_count']} block",
                                href=href(row),
                            ),
                        ]
                    )
                    for row in rows
                ],
            )
        ],
    )


def _batches(books: Books) -> Section:
    rows = books.rows(
        "select batch_number, sealed_as_of, run_id, code_version, count(*) as document_count,"
        " sum(line_count) as line_count from journals.journal_entries group by all"
        " order by batch_number desc limit 20"
    )
    return Section(
        anchor="batches",
        title="Sealed batches",
        intro="The last batches of the ledger, newest first, and the runs that sealed them.",
        tables=[
            Table(
                caption="Sealed batches",
                columns=["Batch", "As of", "Documents", "Lines", "Run", "Code version"],
                rows=[
                    Row(
                        cells=[
                            text(row["batch_number"]),
                            text(row["sealed_as_of"]),
                            count(row["document_count"], "journals.html"),
                            count(row["line_count"], "journals.html"),
                            code(row["run_id"]),
                            code(str(row["code_version"])[:12]),
                        ]
                    )
                    for row in rows
                ],
            )
        ],
    )
