"""What a traced thing is, in words with money, and the same facts for programs.

Belongs here: one query on the published marts and one sentence per kind of thing.
Does not: finding or linking things (trace), or printing them (trace_tree).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from core.money import format_amount
from orchestration.trace_queries import DOCUMENT_KINDS, QUERIES
from orchestration.workflow_words import next_step, standing

_Row = dict[str, Any]
# What a thing is called, and what is said about it.
_Said = tuple[str, str]
# Internal to a query: what a thing is sorted by.
_SORTED_BY = "sorted_by"
# Of a subledger line's key people see the beginning; it is enough to trace it.
_SHORT_KEY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something with an ID."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What a node is.

    Attributes:
        name: what it is called.
        words: a sentence for people, beginning with the name.
        facts: what the sentence says, and what it leaves out.
        position: where it stands among its siblings.
    """

    name: str
    words: str
    facts: _Row
    position: tuple[int, str]


def describe(connection: duckdb.DuckDBPyConnection, nodes: Iterable[Node]) -> dict[Node, Thing]:
    """Describe nodes, with one query per kind; one that no mart describes keeps its kind and key.

    Args:
        connection: the published marts.
        nodes: what to describe; repetitions are fine.
    """
    kinds: dict[str, set[str]] = {}
    for node in nodes:
        kinds.setdefault(node.kind, set()).add(node.key)
    things = {}
    for kind, keys in sorted(kinds.items(), key=lambda each: _rank(each[0])):
        rows = _rows(connection, kind, sorted(keys)) if kind in QUERIES else {}
        for key in sorted(keys):
            things[Node(kind=kind, key=key)] = _thing(kind, key, rows.get(key))
    return things


def describe_usage_event(row: _Row) -> Thing:
    """Describe one usage event the warehouse found."""
    used = row["quantity"]
    said = (
        f"cancels {row['corrected_event_id']}"
        if used is None
        else f"{_quantity(used)} {row['meter_code']} of {row['subject']}"
    )
    says = (
        f"{said}, {_instant(row['occurred_at'])}, from {row['landed_path']}"
        f" line {row['landed_line']}"
    )
    if used is not None and row["corrected_event_id"]:
        says += f", supersedes {row['corrected_event_id']}"
    if row["correction"]:
        says += f", {row['correction']} by {row['correcting_event_id']}: it counts no more"
    name = f"usage event {row['event_id']} of {row['source']}"
    position = (_rank("event"), str(row["occurred_at"]))
    return Thing(name=name, words=f"{name}: {says}", facts=row, position=position)


def _thing(kind: str, key: str, row: _Row | None) -> Thing:
    if row is None:
        name = f"{kind.replace('_', ' ')} {key}"
        return Thing(name=name, words=name, facts={}, position=(_rank(kind), ""))
    facts = {name: value for name, value in row.items() if name != _SORTED_BY}
    name, says = _WORDS[kind](key, row)
    position = (_rank(kind), str(row[_SORTED_BY]))
    return Thing(name=name, words=f"{name}: {says}", facts=facts, position=position)


def _rows(connection: duckdb.DuckDBPyConnection, kind: str, keys: Sequence[str]) -> dict[str, _Row]:
    found = connection.execute(QUERIES[kind], {"keys": keys})
    names = [column[0] for column in found.description or ()]
    rows = (dict(zip(names, row, strict=True)) for row in found.fetchall())
    return {row.pop("key"): row for row in rows}


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _event(_key: str, row: _Row) -> _Said:
    says = (
        f"{row['event_type']}, {_instant(row['occurred_at'])},"
        f" from {row['landed_path']} line {row['landed_line']}"
    )
    if row["disposition"] not in {None, "posted"}:
        says += f", {_plain(row['disposition'])}: {row['reason_code']}"
    if row["state"]:
        since = f"{standing(row)} since {_instant(row['state_since'])}"
        says += f"; {', '.join(part for part in (since, next_step(row)) if part)}"
    return f"event {row['event_id']} of {row['source']}", says


def _opportunity(key: str, row: _Row) -> _Said:
    parent = f", which belongs to {row['parent_customer_id']}" if row["parent_customer_id"] else ""
    return f"opportunity {key}", (
        f"{_money(row['amount_minor'], row['currency'])} won on {row['close_date']}"
        f" by {row['sales_owner']}, customer {row['customer_id'] or row['source_customer_id']}"
        f"{parent}"
    )


def _quote(key: str, row: _Row) -> _Said:
    missing = "" if row["is_opportunity_known"] else ", which is missing"
    return f"quote {key}", (
        f"{_money(row['total_minor'], row['currency'])} accepted {_instant(row['accepted_at'])}"
        f" for contract {row['contract_id']}, opportunity {row['opportunity_id']}{missing}"
    )


def _credit_request(key: str, row: _Row) -> _Said:
    subject = "invoice" if row["invoice_id"] else "contract"
    approved = f"approved by {row['approved_by']}" if row["approved_by"] else "not approved"
    return f"credit request {key}", (
        f"{_money(row['amount_minor'], row['currency'])} for {subject} {row[f'{subject}_id']},"
        f" ticket {row['ticket_id']} ({row['reason']}), {approved}"
    )


def _customer(key: str, row: _Row) -> _Said:
    return f"customer {key}", _count(row["contract_count"], "contract")


def _contract(key: str, row: _Row) -> _Said:
    ended = row["service_end_date"]
    early = f", service ended {ended}" if ended and ended < row["term_end_date"] else ""
    return f"contract {key}", (
        f"customer {row['customer_id'] or row['source_customer_id']},"
        f" {row['term_start_date']} to {row['term_end_date']}{early}, in {row['currency']},"
        f" booked by {row['legal_entity_code']}"
    )


def _contract_version(key: str, row: _Row) -> _Said:
    amendment = f" {row['amendment_id']}" if row["amendment_id"] else ""
    missing = f"; on its way missing: {row['missing_hops']}" if row["missing_hops"] else ""
    return f"contract version {key}", (
        f"{_plain(row['modification_type'])}{amendment},"
        f" {row['valid_from']} to {row['valid_through']}{missing}"
    )


def _billing_document(key: str, row: _Row) -> _Said:
    dated = "paid" if row["document_type"] == "payment" else "dated"
    amount = _money(row["amount_minor"], row["currency"])
    says = f"{amount}, {dated} {row['document_date']}{_held(row)}"
    return f"{_plain(row['document_type'])} {key}", says


def _adjustment(key: str, row: _Row) -> _Said:
    kind = "" if row["kind"] == "adjustment" else f"{_plain(row['kind'])}, "
    undone = (
        "" if row["document_type"] == "adjustment" else f"of adjustment {row['adjustment_id']}, "
    )
    support = f" (support: {row['support']})" if row["support"] else ""
    return f"{row['document_type']} {key}", (
        f"{undone}{kind}{_money(row['amount_minor'], row['currency'])}, dated"
        f" {row['effective_date']}, by {row['prepared_by']}, approved by {row['approved_by']}:"
        f" {row['reason']}{support}{_held(row)}"
    )


def _usage(key: str, row: _Row) -> _Said:
    says = f"{_count(row['event_count'], 'event')} of {row['meter_code']} on {row['usage_day']}"
    if row["corrected_count"]:
        says += f", {row['corrected_count']:,} of them corrected"
    if row["open_reasons"]:
        says += f", {row['open_reasons']}"
    return f"usage {key}", says


def _prepaid_credit(key: str, row: _Row) -> _Said:
    currency = row["currency"]
    return f"prepaid credit {key}", (
        f"{_money(row['granted_minor'], currency)} for {_money(row['price_minor'], currency)},"
        f" {row['starts_on']} to {row['ends_on']}, {_plain(row['status'])}:"
        f" {_money(row['left_minor'], currency)} left"
    )


def _usage_charge(key: str, row: _Row) -> _Said:
    included = row["included_quantity"]
    after = f" ({_quantity(included)} included)" if included else ""
    amount = _money(row["charge_minor"], row["currency"]) or "no price"
    return f"usage charge {key}", (
        f"{row['service_start_date']} to {row['through_date']},"
        f" {_quantity(row['quantity'])} {row['meter_code']}{after}, {amount}"
    )


def _subledger_line(key: str, row: _Row) -> _Said:
    says = (
        f"{_plain(row['entry_type'])} for {row['origin_period']}, {_plain(row['account_role'])}"
        f" {row['account_code'] or 'without account'}, {_sided(row)}{_held(row)}"
    )
    sealed = row["sealed_minor"]
    if sealed != row["amount_minor"]:
        says += f", sealed so far {_money(sealed, row['currency'])}" if sealed else ", not sealed"
    return f"subledger line {key[:_SHORT_KEY]}", says


def _journal_line(key: str, row: _Row) -> _Said:
    roles = f" ({_plain(row['account_roles'])})" if row["account_roles"] else ""
    return f"journal line {key}", f"account {row['account_code']}{roles}, {_sided(row)}"


def _document(key: str, row: _Row) -> _Said:
    return f"document {key}", (
        f"{_plain(row['entry_type'])} for ERP {row['erp_code']},"
        f" posting date {row['posting_date']}, total {_money(row['total_minor'], row['currency'])}"
        f"{_functional(row['total_minor'], row['functional_total_minor'], row)},"
        f" {_plain(row['delivery_status'])}"
    )


def _erp_document(key: str, row: _Row) -> _Said:
    return f"ERP document {row['erp_number'] or key}", (
        f"id {key}, {_plain(row['state'])} on {row['posted_on']},"
        f" total {_money(row['total_minor'], row['currency'])}"
    )


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _held(row: _Row) -> str:
    return f", held: {row['hold_code']}" if row["hold_code"] else ""


def _sided(row: _Row) -> str:
    """Return an amount with its side; the functional amount has the same one unless it is alone."""
    amount, functional = row["amount_minor"], row["functional_amount_minor"]
    if amount is None:
        return "amount unknown"
    leading = amount or functional
    side = "debit " if leading > 0 else "credit " if leading < 0 else ""
    return (
        f"{side}{_money(abs(amount), row['currency'])}"
        f"{_functional(abs(amount), abs(functional), row)}"
    )


def _functional(amount: int, functional: int, row: _Row) -> str:
    """Return the amount in the books' currency where it is another one."""
    currency = row["functional_currency"]
    if currency == row["currency"] and amount == functional:
        return ""
    return f" ({_money(functional, currency)})"


def _money(amount_minor: int | None, currency: str | None) -> str:
    return format_amount(amount_minor, currency) if amount_minor is not None and currency else ""


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _quantity(quantity: Decimal) -> str:
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


_WORDS: dict[str, Callable[[str, _Row], _Said]] = {
    "event": _event,
    "opportunity": _opportunity,
    "quote": _quote,
    "credit_request": _credit_request,
    "customer": _customer,
    "contract": _contract,
    "contract_version": _contract_version,
    **dict.fromkeys(DOCUMENT_KINDS, _billing_document),
    "adjustment": _adjustment,
    "reversal": _adjustment,
    "usage": _usage,
    "prepaid_credit": _prepaid_credit,
    "usage_charge": _usage_charge,
    "subledger_line": _subledger_line,
    "journal_line": _journal_line,
    "document": _document,
    "erp_document": _erp_document,
}
_ORDER = tuple(_WORDS)
