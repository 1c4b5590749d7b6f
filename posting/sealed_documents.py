"""Reading sealed documents back from the ledger.

Belongs here: the documents, voids and line keys of ledger files as facts.
Does not: writing the ledger (ledger, batches), or what became of a document (outbox).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import duckdb

from core.home import Home
from posting import ledger, ledger_schema
from posting.journal import JournalDocument, JournalLine, Side

_OWN = ("document_key", "content_hash", "total_minor", "functional_total_minor", "needs_approval")
_FACTS = tuple(name for name in JournalDocument.__dataclass_fields__ if name != "lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDocument:
    """A row of the ledger's documents, without its lines."""

    document_key: str
    document_identity: str
    revision: int
    batch_number: int
    erp_code: str
    legal_entity_code: str
    currency: str
    functional_currency: str
    accounting_period: str
    entry_type: str
    content_hash: str
    total_minor: int
    functional_total_minor: int
    needs_approval: bool


def headers(home: Home, numbers: Iterable[int]) -> list[SealedDocument]:
    """Return the documents sealed in some files of the ledger."""
    columns = list(SealedDocument.__dataclass_fields__)
    rows = _query(
        home,
        numbers,
        f"select {', '.join(columns)} from records "
        "where record_type = 'document' order by batch_number, document_key",
    )
    return [SealedDocument(**dict(zip(columns, row, strict=True))) for row in rows]


def voids(home: Home, numbers: Iterable[int]) -> dict[str, str]:
    """Return the reason of every void in some files of the ledger, by document key."""
    return dict(
        _query(
            home,
            numbers,
            "select document_key, reason from records where record_type = 'void' order by 1",
        )
    )


def prepared_by(home: Home, numbers: Iterable[int]) -> dict[int, str]:
    """Return who sealed each batch in some files of the ledger."""
    return dict(
        _query(
            home,
            numbers,
            "select batch_number, prepared_by from records where record_type = 'batch' order by 1",
        )
    )


def contents(
    home: Home, numbers: Iterable[int], keys: Collection[str] | None = None
) -> dict[str, JournalDocument]:
    """Return documents with their lines from some files of the ledger, by key."""
    numbers = list(numbers)
    wanted = "" if keys is None else "and list_contains($keys, document_key)"
    parameters = {} if keys is None else {"keys": sorted(keys)}
    lines: dict[str, list[JournalLine]] = {}
    for key, number, account, product, side, amount, functional in _query(
        home,
        numbers,
        f"select {', '.join(name for name in ledger_schema.JOURNAL_LINE if name != 'batch_number')}"
        f" from records where record_type = 'journal_line' {wanted} "
        "order by document_key, line_number",
        parameters,
    ):
        lines.setdefault(key, []).append(
            JournalLine(
                line_number=number,
                account_code=account,
                dimension_product=product,
                side=Side(side),
                amount_minor=amount,
                functional_amount_minor=functional,
            )
        )
    documents = {}
    for key, *facts in _query(
        home,
        numbers,
        f"select document_key, {', '.join(_FACTS)} from records "
        f"where record_type = 'document' {wanted} order by document_key",
        parameters,
    ):
        documents[key] = JournalDocument(
            **dict(zip(_FACTS, facts, strict=True)), lines=tuple(lines.get(key, ()))
        )
    return documents


def _query(
    home: Home, numbers: Iterable[int], query: str, parameters: dict[str, object] | None = None
) -> list[tuple]:
    paths = [str(ledger.ledger_file(home, number)) for number in numbers]
    if not paths:
        return []
    listing = ", ".join(ledger.sql_text(path) for path in paths)
    with duckdb.connect() as connection:
        return connection.execute(
            f"with records as (select * from read_parquet([{listing}])) {query}", parameters or {}
        ).fetchall()
