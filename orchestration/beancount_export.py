"""The sealed journals as a Beancount file, for a program that shares no line of code with us.

    bean-check marts/journals.beancount

Belongs here: spelling sealed documents as Beancount transactions in both currencies.
Does not: deciding what was sealed (the ledger does) or checking it (bean-check does).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from core.files import write_atomically
from core.money import to_decimal

FILE_NAME = "journals.beancount"
_ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "revenue": "Income",
    "expense": "Expenses",
    "equity": "Equity",
}
_UNKNOWN_ROOT = "Equity"
_LINES = """
    select
        documents.document_key,
        documents.legal_entity_code,
        documents.posting_date,
        documents.entry_type,
        documents.currency,
        documents.functional_currency,
        journal_lines.line_number,
        journal_lines.account_code,
        journal_lines.dimension_product,
        journal_lines.side,
        journal_lines.amount_minor,
        journal_lines.functional_amount_minor
    from ledger.documents as documents
    inner join ledger.journal_lines as journal_lines
        on documents.document_key = journal_lines.document_key
    where documents.document_key not in (select voids.document_key from ledger.voids as voids)
    order by
        documents.posting_date,
        documents.document_key,
        journal_lines.line_number
"""


class _Line(NamedTuple):
    """One journal line with its document's facts; amounts unsigned, as sealed."""

    document_key: str
    legal_entity_code: str
    posting_date: object
    entry_type: str
    currency: str
    functional_currency: str
    line_number: int
    account_code: str
    dimension_product: str
    side: str
    amount_minor: int
    functional_amount_minor: int


def write_beancount(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write every sealed document that was not voided; return how many.

    Beancount balances one currency at a time, so a document is written twice: once in transaction
    currency, once in functional currency under accounts of their own. Both must balance.
    """
    types = dict(
        connection.execute(
            "select distinct on (legal_entity_code, account_code)"
            " legal_entity_code || ':' || account_code, account_type"
            " from raw.reference_accounts"
            " order by legal_entity_code, account_code, valid_from desc"
        ).fetchall()
    )
    lines = [_Line(*row) for row in connection.execute(_LINES).fetchall()]
    text = "\n".join([*_opened(lines, types), "", *_transactions(lines, types), ""])
    write_atomically(path, lambda target: target.write_text(text, encoding="utf-8"))
    return len({line.document_key for line in lines})


def _opened(lines: list[_Line], types: dict[str, str]) -> Iterator[str]:
    if not lines:
        return
    first_day = lines[0].posting_date
    accounts = {
        _account(line, types, book) for line in lines for book in ("Transaction", "Functional")
    }
    for account in sorted(accounts):
        yield f"{first_day} open {account}"


def _transactions(lines: list[_Line], types: dict[str, str]) -> Iterator[str]:
    documents: dict[str, list[_Line]] = {}
    for line in lines:
        documents.setdefault(line.document_key, []).append(line)
    for document_key, its_lines in documents.items():
        first = its_lines[0]
        for book in ("Transaction", "Functional"):
            title = f'"{first.legal_entity_code}" "{first.entry_type} {document_key}"'
            yield f"{first.posting_date} * {title}"
            yield f'  document: "{document_key}"'
            for line in its_lines:
                yield f"  {_account(line, types, book)}  {_amount(line, book)}"
            yield ""


def _account(line: _Line, types: dict[str, str], book: str) -> str:
    root = _ROOTS.get(types.get(f"{line.legal_entity_code}:{line.account_code}", ""), _UNKNOWN_ROOT)
    return f"{root}:{book}:{_name(line.legal_entity_code)}:{_name(line.account_code)}"


def _amount(line: _Line, book: str) -> str:
    is_transaction = book == "Transaction"
    currency = line.currency if is_transaction else line.functional_currency
    minor = line.amount_minor if is_transaction else line.functional_amount_minor
    signed = minor if line.side == "debit" else -minor
    return f"{to_decimal(signed, currency):f} {currency}"


def _name(code: str) -> str:
    """Spell a code as a component of a Beancount account: letters, digits and dashes."""
    cleaned = re.sub(r"[^A-Za-z0-9-]", "-", code)
    return cleaned if cleaned[0].isupper() or cleaned[0].isdigit() else f"X{cleaned}"
