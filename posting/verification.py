"""Proof that nothing sealed ever changed, and that every store of posting agrees.

Belongs here: the ledger's chain and sums, the outbox against the ledger, the audit log's chain.
Does not: the ERP against the ledger; reconciliation compares them by read-back.
"""

from dataclasses import asdict

import duckdb
from sqlalchemy import select

from core.canonical import file_sha256
from core.home import Home
from posting import audit_log, ledger, outbox_rows, sealed_documents, store, tables
from posting.errors import UnsealableLinesError
from posting.states import State

# Sentence with placeholders for the columns, and the query that returns what breaks it.
_SUMS = (
    (
        "Line {1} of document {0} is {2} and {3} minor units, but its deltas sum to {4} and {5}.",
        """
        with lines as (
            select document_key, line_number,
                if(side = 'debit', amount_minor, -amount_minor) as amount_minor,
                if(side = 'debit', functional_amount_minor, -functional_amount_minor)
                    as functional_amount_minor
            from ledger.journal_lines
        ),
        sums as (
            select document_key, line_number, sum(amount_minor)::bigint as amount_minor,
                sum(functional_amount_minor)::bigint as functional_amount_minor
            from ledger.deltas where line_number is not null group by document_key, line_number
        )
        select coalesce(lines.document_key, sums.document_key),
            coalesce(lines.line_number, sums.line_number),
            lines.amount_minor, lines.functional_amount_minor,
            sums.amount_minor, sums.functional_amount_minor
        from lines full join sums
            on lines.document_key = sums.document_key and lines.line_number = sums.line_number
        where lines.amount_minor is distinct from sums.amount_minor
            or lines.functional_amount_minor is distinct from sums.functional_amount_minor""",
    ),
    (
        "Entry group {0} of batch {1} is off by {2} and {3} minor units.",
        """
        select entry_group_key, batch_number, sum(amount_minor)::bigint,
            sum(functional_amount_minor)::bigint
        from ledger.deltas group by entry_group_key, batch_number
        having sum(amount_minor) <> 0 or sum(functional_amount_minor) <> 0""",
    ),
    (
        "Deltas of batch {0} that are in no document sum to {3} and {4} on {1} ({2}), not to zero.",
        """
        select batch_number, account_code, document_identity, sum(amount_minor)::bigint,
            sum(functional_amount_minor)::bigint
        from ledger.deltas where line_number is null
        group by batch_number, account_code, document_identity, dimension_product
        having sum(amount_minor) <> 0 or sum(functional_amount_minor) <> 0""",
    ),
    (
        "Batch {0} states {1} subledger lines and {2} documents, but holds {3} and {4}.",
        """
        with counted as (
            select batches.batch_number, batches.delta_count, batches.document_count,
                (select count(distinct subledger_line_key) from ledger.deltas
                    where deltas.batch_number = batches.batch_number) as deltas,
                (select count(*) from ledger.documents
                    where documents.batch_number = batches.batch_number) as documents
            from ledger.batches
        )
        select * from counted where delta_count <> deltas or document_count <> documents""",
    ),
    (
        "Document key {0} was sealed {1} times.",
        "select document_key, count(*) from ledger.documents group by 1 having count(*) > 1",
    ),
    (
        "A document {0} is voided by ledger file {1}, but was never sealed.",
        """
        select document_key, batch_number from ledger.voids
        where document_key not in (select document_key from ledger.documents)""",
    ),
)


def verify(home: Home) -> list[str]:
    """Return everything that is not as it was sealed, in sentences; nothing means all is well."""
    problems = ledger.verify(home)
    if problems:
        return problems  # Sums over files that are not the sealed ones would mislead.
    return [
        *_sum_problems(home),
        *_document_problems(home),
        *_outbox_problems(home),
        *audit_log.verify(home),
    ]


def _sum_problems(home: Home) -> list[str]:
    problems = []
    with duckdb.connect() as connection:
        ledger.register_views(connection, home)
        for sentence, query in _SUMS:
            rows = connection.execute(f"{query} order by all").fetchall()
            problems += [sentence.format(*row) for row in rows]
    return problems


def _document_problems(home: Home) -> list[str]:
    """Every document still has the content its hash was taken of, and the key of its identity."""
    problems = []
    for number in range(1, ledger.head_number(home) + 1):
        try:
            contents = sealed_documents.contents(home, [number])
        except UnsealableLinesError as error:
            problems.append(f"Ledger file {number:09d}: {error}")
            continue
        for header in sealed_documents.headers(home, [number]):
            document = contents[header.document_key]
            if document.document_key != header.document_key:
                problems.append(
                    f"Document {header.document_key} does not have the key of its identity "
                    f"({document.document_key})."
                )
            if (
                document.content_hash() != header.content_hash
                or document.total_minor != header.total_minor
                or document.functional_total_minor != header.functional_total_minor
            ):
                problems.append(
                    f"Document {header.document_key} says {header.total_minor} minor units and "
                    f"content {header.content_hash[:12]}, but its lines are "
                    f"{document.total_minor} and {document.content_hash()[:12]}."
                )
    return problems


def _outbox_problems(home: Home) -> list[str]:
    """What the control store saw of the ledger is still there; each document has its row."""
    problems = []
    head = ledger.head_number(home)
    with store.reading(home) as connection:
        seen = connection.execute(
            select(tables.ledger_files).order_by(tables.ledger_files.c.number)
        ).all()
        rows = {document.document_key: document for document in outbox_rows.read(connection)}
    for number, file_hash in seen:
        if number > head:
            problems.append(
                f"The control store saw ledger file {number:09d}, but the ledger ends at "
                f"{head:09d}: files are missing at its end."
            )
        elif file_sha256(ledger.ledger_file(home, number)) != file_hash:
            problems.append(
                f"Ledger file {number:09d} is not the one the control store saw ({file_hash[:12]})."
            )
    numbers = [number for number, _ in seen if 0 < number <= head]
    voided = sealed_documents.voids(home, numbers)
    sealed = {each.document_key: each for each in sealed_documents.headers(home, numbers)}
    for key in sorted(sealed.keys() | rows.keys()):
        if key not in rows:
            problems.append(f"Document {key} is sealed, but the outbox does not know it.")
        elif key not in sealed:
            problems.append(f"Document {key} is in the outbox, but was never sealed.")
        elif changed := [
            name for name, value in asdict(sealed[key]).items() if getattr(rows[key], name) != value
        ]:
            problems.append(
                f"Document {key} has other content in the outbox than in the ledger "
                f"({', '.join(changed)})."
            )
        elif (rows[key].state is State.VOIDED) != (key in voided):
            problems.append(
                f"Document {key} is {rows[key].state} in the outbox, but "
                f"{'voided' if key in voided else 'not voided'} in the ledger."
            )
    return problems
