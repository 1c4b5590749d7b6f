"""Explaining: how an amount comes about, from what was stated to the minor unit.

Belongs here: finding what an ID names and which module explains it.
Does not: tracing (orchestration.trace), the formulas (dbt computes; what is stored is only shown
and worked out again), or printing (text).
"""

import re
from collections.abc import Callable

from core.home import Home
from orchestration import trace as tracing
from orchestration.explain import balances, documents, journals, obligations, prepaid, usage
from orchestration.explain.books import Books, open_books
from orchestration.explain.explanation import Explanation, Onward
from orchestration.trace_words import Node, describe

__all__ = ["Explanation", "explain"]

_NO_AMOUNT = "has no amount of its own"
_UNEXPLAINED = dict.fromkeys(
    ("void", "payment_failure", "refund", "write_off", "dispute", "dispute_won", "dispute_lost"),
    "has an amount that is not worked out here",
)
_OF_PERIOD = re.compile(r"(?P<subject>.+):(?P<period>\d{4}-\d{2})")
_OBLIGATIONS = """
    select performance_obligation_id from revenue.performance_obligations
    where performance_obligation_id = $1 or contract_version_id = $1
    order by performance_obligation_id
"""
_SCHEDULE_LINE = """
    select 1 from revenue.revenue_schedule_lines
    where performance_obligation_id = $1 and accounting_period = $2
"""
_BALANCE = """
    select 1 from revenue.contract_balances where contract_id = $1 and accounting_period = $2
"""
_UP = """
    select distinct to_type as kind, to_key as key from named_links
    where from_type = $1 and from_key = $2
    order by kind, key
"""


def explain(home: Home, identifier: str) -> list[Explanation]:
    """Explain the amounts an ID names.

    Beside what `tieout trace` knows, an ID may be an obligation (VERSION:LINE), a line of its
    revenue schedule (VERSION:LINE:PERIOD) or a contract at the end of a period (CONTRACT:PERIOD).

    Raises:
        UnknownIdError: nothing knows it.
        WarehouseBusyError: the figures are not published, and the warehouse cannot be asked.
    """
    with open_books(home) as books:
        explained = _by_own_id(books, identifier)
        if explained:
            return explained
        nodes, _things = tracing.find(books.marts, home, identifier)
        return [each for node in nodes for each in _explain(books, node)]


def _by_own_id(books: Books, identifier: str) -> list[Explanation]:
    """Explain what has no ID in the lineage: obligations, schedule lines, balances."""
    found = books.ask(_OBLIGATIONS, identifier)
    if found:
        return [
            obligations.explain_obligation(books, row["performance_obligation_id"]) for row in found
        ]
    parts = _OF_PERIOD.fullmatch(identifier)
    if parts is None:
        return []
    subject, period = parts["subject"], parts["period"]
    if books.ask(_SCHEDULE_LINE, subject, period):
        return [obligations.explain_schedule_line(books, subject, period)]
    if books.ask(_BALANCE, subject, period):
        return balances.explain_balances(books, subject, period)
    return []


def _explain(books: Books, node: Node) -> list[Explanation]:
    explained = _EXPLAINED.get(node.kind)
    return (explained(books, node.key) if explained else []) or [_without_amount(books, node)]


def _contract(books: Books, contract_id: str) -> list[Explanation]:
    """Explain a contract by its latest balances."""
    period = balances.last_period(books, contract_id)
    return balances.explain_balances(books, contract_id, period) if period else []


def _without_amount(books: Books, node: Node) -> Explanation:
    """Say that a thing has no amount of its own, and name what it became."""
    became = [Node(kind=row["kind"], key=row["key"]) for row in books.ask(_UP, node.kind, node.key)]
    things = describe(books.marts, [node, *became])
    return Explanation(
        kind=node.kind,
        key=node.key,
        title=f"{things[node].name} {_UNEXPLAINED.get(node.kind, _NO_AMOUNT)}",
        notes=() if became else ("Nothing was made of it yet: `tieout trace` says why.",),
        onward=tuple(Onward(identifier=each.key, words=things[each].words) for each in became),
    )


_EXPLAINED: dict[str, Callable[[Books, str], list[Explanation]]] = {
    "prepaid_credit": lambda books, key: [prepaid.explain_credit(books, key)],
    "usage_charge": lambda books, key: [usage.explain_charge(books, key)],
    "subledger_line": lambda books, key: [journals.explain_subledger_line(books, key)],
    "journal_line": lambda books, key: [journals.explain_journal_line(books, key)],
    "document": lambda books, key: [journals.explain_document(books, key)],
    "erp_document": journals.explain_erp_document,
    "contract": _contract,
    "invoice": lambda books, key: [documents.explain_document(books, "invoice", key)],
    "credit": lambda books, key: [documents.explain_document(books, "credit", key)],
    "payment": lambda books, key: [documents.explain_document(books, "payment", key)],
}
