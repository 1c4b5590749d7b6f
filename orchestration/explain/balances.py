"""Why a contract's balances are what they are at the end of a period.

Belongs here: billed, credited and recognised to date; deferred, unbilled and receivable.
Does not: single lines (journals), obligations (obligations) or documents (documents).
"""

from core.money import format_amount
from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import (
    Explanation,
    Onward,
    Step,
    money,
    money_step,
    sum_step,
)

_BALANCES = """
    select balances.*,
        lag(deferred_revenue_minor, 1, 0) over timeline as opening_deferred_revenue,
        lag(unbilled_receivable_minor, 1, 0) over timeline as opening_unbilled_receivable,
        lag(receivable_minor, 1, 0) over timeline as opening_receivable
    from revenue.contract_balances as balances
    where contract_id = $1
    window timeline as (partition by currency order by accounting_period)
    qualify accounting_period = $2
    order by currency
"""
_LAST_PERIOD = """
    select max(accounting_period) as accounting_period
    from revenue.contract_balances where contract_id = $1
"""
# What another legal entity's documents say about a contract is no balance of it. The contract of a
# payment is known when its invoice is for one contract alone.
_LINES = """
    select entry_type, account_role, document_type, document_id, origin_period,
        cast(sum(coalesce(should_minor, 0)) as bigint) as amount_minor
    from journals.subledger_differences
    where contract_id = $1 and transaction_currency = $2 and legal_entity_code = $3
        and origin_period <= $4
    group by all
    order by origin_period, document_type, document_id, entry_type, account_role
"""
_SHARED_INVOICES = """
    select distinct links.to_key as invoice_id
    from lineage.links as links
    inner join lineage.links as others
        on others.from_type = 'contract' and others.to_type = 'invoice'
        and links.to_key = others.to_key and links.from_key <> others.from_key
    where links.from_type = 'contract' and links.to_type = 'invoice' and links.from_key = $1
    order by invoice_id
"""
_OBLIGATIONS = """
    select performance_obligation_id from revenue.performance_obligations
    where contract_id = $1 order by performance_obligation_id
"""
_MOVED_BY = {
    "deferred_revenue": "deferred revenue",
    "unbilled_receivable": "unbilled receivable",
    "accounts_receivable": "accounts receivable",
}
_REFERENCES = (
    "docs/decisions/0006-billing-meets-revenue-by-interval-overlap.md",
    "docs/accounting/recipes.md#billing-in-arrears",
    "ASC 606-10-45-1 to 45-4: contract liabilities and receivables",
)


def last_period(books: Books, contract_id: str) -> str | None:
    """Return the latest period a contract has balances of."""
    (row,) = books.ask(_LAST_PERIOD, contract_id)
    period: str | None = row["accounting_period"]
    return period


def explain_balances(books: Books, contract_id: str, period: str) -> list[Explanation]:
    """Explain a contract's balances at the end of a period, once per currency."""
    return [
        _explain_currency(books, balance) for balance in books.ask(_BALANCES, contract_id, period)
    ]


def _explain_currency(books: Books, balance: Row) -> Explanation:
    contract_id, currency = balance["contract_id"], balance["currency"]
    period = balance["accounting_period"]
    lines = books.ask(_LINES, contract_id, currency, balance["legal_entity_code"], period)
    shared = books.ask(_SHARED_INVOICES, contract_id)
    steps = [*_to_date(balance, lines), *_movements(balance, lines, with_receivable=not shared)]
    notes = [
        f"Invoice {row['invoice_id']} is for other contracts too, so its payments belong to this"
        " one by its part of it; the invoice explains its own receivable."
        for row in shared
    ]
    return Explanation(
        kind="contract_balance",
        key=f"{contract_id}:{period}",
        title=(
            f"contract {contract_id} at the end of {period}:"
            f" deferred revenue {format_amount(balance['deferred_revenue_minor'], currency)},"
            f" unbilled receivable"
            f" {format_amount(balance['unbilled_receivable_minor'], currency)},"
            f" receivable {format_amount(balance['receivable_minor'], currency)}"
        ),
        rule=(
            "billed and not yet recognised is deferred; recognised and not yet billed is unbilled;"
            " net of tax, by the period an amount belongs to"
        ),
        references=_REFERENCES,
        steps=tuple(steps),
        notes=tuple(notes),
        onward=tuple(_onward(books, balance, lines)),
    )


def _to_date(balance: Row, lines: list[Row]) -> list[Step]:
    """Return what was billed, credited and recognised, and what is left of it."""
    currency = balance["currency"]
    left = balance["deferred_revenue_minor"] - balance["unbilled_receivable_minor"]
    return [
        sum_step(
            "billed to date",
            _by(lines, "document_id", "accounts_receivable", "billing"),
            balance["billed_minor"],
            currency,
        ),
        sum_step(
            "credited to date",
            _by(lines, "document_id", "deferred_revenue", "credit"),
            balance["credited_minor"],
            currency,
        ),
        sum_step(
            "recognised to date",
            [(period, -minor) for period, minor in _by(lines, "origin_period", "revenue")],
            balance["recognized_minor"],
            currency,
        ),
        money_step(
            "deferred revenue less unbilled receivable",
            "{} - {} - {}",
            [
                ("billed to date", money(balance["billed_minor"], currency)),
                ("credited to date", money(balance["credited_minor"], currency)),
                ("recognised to date", money(balance["recognized_minor"], currency)),
            ],
            left,
            currency,
        ),
    ]


def _movements(balance: Row, lines: list[Row], *, with_receivable: bool) -> list[Step]:
    """Return each balance as the one before and what moved it in the period."""
    moved = [line for line in lines if line["origin_period"] == balance["accounting_period"]]
    steps = []
    for role, column, sign in (
        ("deferred_revenue", "deferred_revenue", -1),
        ("unbilled_receivable", "unbilled_receivable", 1),
        ("accounts_receivable", "receivable", 1),
    ):
        if column == "receivable" and not with_receivable:
            continue
        movements = _by(moved, "entry_type", role)
        steps.append(
            sum_step(
                _MOVED_BY[role],
                [
                    ("at the end of the period before", balance[f"opening_{column}"]),
                    *((entry_type, sign * minor) for entry_type, minor in movements),
                ],
                balance[f"{column}_minor"],
                balance["currency"],
            )
        )
    return steps


def _by(
    lines: list[Row], column: str, role: str, entry_type: str | None = None
) -> list[tuple[str, int]]:
    """Return signed sums of the lines of an account role, by a column of theirs."""
    sums: dict[str, int] = {}
    for line in lines:
        if line["account_role"] == role and entry_type in {None, line["entry_type"]}:
            sums[line[column]] = sums.get(line[column], 0) + line["amount_minor"]
    return [(str(key), minor) for key, minor in sums.items() if minor]


def _onward(books: Books, balance: Row, lines: list[Row]) -> list[Onward]:
    documents = {
        line["document_id"]: line["document_type"] for line in lines if line["document_id"]
    }
    obligations = books.ask(_OBLIGATIONS, balance["contract_id"])
    return [
        *(
            Onward(identifier=document_id, words=f"{document_type} of the contract")
            for document_id, document_type in documents.items()
        ),
        *(
            Onward(identifier=row["performance_obligation_id"], words="an obligation of it")
            for row in obligations
        ),
    ]
