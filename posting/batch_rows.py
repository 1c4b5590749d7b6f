"""The rows of a batch file, cut from the difference in bulk.

Belongs here: netting deltas to journal lines, document keys and totals, row order.
Does not: whether sealing is allowed (batches), or the file itself (ledger).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from core.money import exponent
from posting import batch_queries, ledger_schema
from posting.batch_checks import refuse_unsealable
from posting.journal import JournalDocument, JournalLine, Side
from posting.ledger import sql_text

_AWAITS_DAILY_RUN = "AWAITS_DAILY_RUN"
_DOCUMENT_FACTS = (
    "document_identity erp_code book legal_entity_code transaction_currency functional_currency "
    "posting_date accounting_period entry_type source_document"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How much a batch holds; the rows wait in temporary tables of the connection."""

    delta_count: int
    document_count: int
    needs_approval_count: int
    held_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """Above which functional total a document waits for a person."""

    legal_entity_code: str
    entry_type: str
    above_amount: Decimal


def cut(
    connection: duckdb.DuckDBPyConnection,
    *,
    sealed_files: list[Path],
    as_of: datetime,
    immediate_only: bool,
    closed_periods: frozenset[tuple[str, str, str]],
) -> Cut:
    """Cut documents, journal lines, deltas and held lines from the difference.

    Args:
        connection: on the warehouse; only temporary tables are made.
        sealed_files: the ledger's files, to count the revisions of each document identity.
        as_of: decides which approval limits are valid.
        immediate_only: leave entry types for the daily run alone.
        closed_periods: (ERP, legal entity, period) closed by Tieout itself.
    """
    scope = "where cadence = 'immediate'" if immediate_only else ""
    columns = ", ".join([*ledger_schema.SUBLEDGER_LINE, *ledger_schema.PROPOSAL])
    connection.execute(
        f"create or replace temp table proposed as select {columns}, "
        "difference_minor::bigint as amount_minor, "
        "difference_functional_minor::bigint as functional_amount_minor "
        f"from journals.proposed_lines {scope}"
    )
    connection.execute("update proposed set dimension_product = '' where dimension_product is null")
    refuse_unsealable(connection, closed_periods)
    for statement in (batch_queries.NET, batch_queries.JOURNAL_LINES, batch_queries.DELTAS):
        connection.execute(statement)
    connection.execute(batch_queries.HELD, [_AWAITS_DAILY_RUN])
    documents = _documents(connection, sealed_files, _limits(connection, as_of))
    connection.register("cut_documents", documents)
    return Cut(
        delta_count=_count(connection, "proposed"),
        document_count=documents.num_rows,
        needs_approval_count=sum(documents.column("needs_approval").to_pylist()),
        held_count=_count(connection, "held"),
    )


def table(connection: duckdb.DuckDBPyConnection, cut: Cut, batch: dict[str, object]) -> pa.Table:
    """Return the rows of the batch file in their one order."""
    number = batch["batch_number"]
    records = {
        "batch": pa.Table.from_pylist([batch], pa.schema(list(ledger_schema.BATCH.items()))),
        **{
            record_type: connection.execute(query, [number]).to_arrow_table()
            for record_type, query in batch_queries.RECORDS.items()
        },
    }
    if records["document"].num_rows != cut.document_count:
        raise AssertionError("Documents were lost between cutting and sealing.")
    return pa.concat_tables([as_file_rows(name, rows) for name, rows in records.items()])


def as_file_rows(record_type: str, rows: pa.Table) -> pa.Table:
    """Widen the rows of one record type to all columns of a ledger file."""
    schema = ledger_schema.file_schema()
    columns = []
    for field in schema:
        if field.name == "record_type":
            columns.append(pa.array([record_type] * rows.num_rows, field.type))
        elif field.name in rows.column_names:
            columns.append(rows.column(field.name).cast(field.type))
        else:
            columns.append(pa.nulls(rows.num_rows, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return connection.execute(f"select count(*) from {name}").fetchall()[0][0]


def _limits(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> list[_Limit]:
    """Read the approval limits valid at an instant, the most specific first."""
    rows = connection.execute(
        "select legal_entity_code, entry_type, above_amount "
        "from staging.stg_reference__approval_limits "
        "where valid_from <= $1 and $1 < valid_to "
        "order by legal_entity_code = '*', entry_type = '*', legal_entity_code, entry_type, "
        "above_amount",
        [as_of.date()],
    ).fetchall()
    return [
        _Limit(legal_entity_code=entity, entry_type=entry_type, above_amount=above)
        for entity, entry_type, above in rows
    ]


def _needs_approval(document: JournalDocument, limits: list[_Limit]) -> bool:
    for limit in limits:
        if limit.legal_entity_code in {"*", document.legal_entity_code} and (
            limit.entry_type in {"*", document.entry_type}
        ):
            scale = exponent(document.functional_currency)
            return document.functional_total_minor > limit.above_amount.scaleb(scale)
    return False


def _documents(
    connection: duckdb.DuckDBPyConnection, sealed_files: list[Path], limits: list[_Limit]
) -> pa.Table:
    """Build each document as a fact, so that it is checked, keyed and hashed in one place."""
    listing = ", ".join(sql_text(str(path)) for path in sealed_files)
    revisions = dict(
        connection.execute(
            f"select document_identity, count(*) from read_parquet([{listing}]) "
            "where record_type = 'document' group by document_identity"
        ).fetchall()
    )
    lines: dict[str, list[JournalLine]] = {}
    for identity, number, account, product, side, amount, functional in connection.execute(
        "select document_identity, line_number, account_code, dimension_product, side, "
        "amount_minor, functional_amount_minor from cut_lines "
        "order by document_identity, line_number"
    ).fetchall():
        lines.setdefault(identity, []).append(
            JournalLine(
                line_number=number,
                account_code=account,
                dimension_product=product,
                side=Side(side),
                amount_minor=amount,
                functional_amount_minor=functional,
            )
        )
    facts = connection.execute(
        f"select distinct {', '.join(_DOCUMENT_FACTS)} from cut_deltas "
        "where document_identity in (select document_identity from cut_lines) "
        "order by document_identity"
    ).fetchall()
    rows = [_row(_document(fact, revisions, lines), limits) for fact in facts]
    schema = {name: kind for name, kind in ledger_schema.DOCUMENT.items() if name != "batch_number"}
    return pa.Table.from_pylist(rows, pa.schema(list(schema.items())))


def _document(
    fact: tuple[str, str, str, str, str, str, date, str, str, str | None],
    revisions: dict[str, int],
    lines: dict[str, list[JournalLine]],
) -> JournalDocument:
    identity, erp, book, entity, currency, functional, day, period, entry_type, source = fact
    return JournalDocument(
        document_identity=identity,
        revision=revisions.get(identity, 0) + 1,
        erp_code=erp,
        book=book,
        legal_entity_code=entity,
        currency=currency,
        functional_currency=functional,
        posting_date=day,
        accounting_period=period,
        entry_type=entry_type,
        source_document=source,
        lines=tuple(lines[identity]),
    )


def _row(document: JournalDocument, limits: list[_Limit]) -> dict[str, object]:
    facts = {
        name: getattr(document, name)
        for name in ledger_schema.DOCUMENT
        if name not in {"batch_number", "content_hash", "line_count", "needs_approval"}
    }
    return {
        **facts,
        "content_hash": document.content_hash(),
        "line_count": len(document.lines),
        "needs_approval": _needs_approval(document, limits),
    }
