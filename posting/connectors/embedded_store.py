"""The store of the embedded ledger: its tables, transactions and entries.

Belongs here: the schema, drafting and posting, reading documents back.
Does not: the rules (embedded_rules), or the port (embedded). Only this package opens the file.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from core.canonical import canonical_json, sha256_hex
from core.money import to_decimal, to_minor
from posting.connectors import embedded_rules
from posting.connectors.connector import (
    ErpRef,
    ErrorClass,
    JournalDoc,
    JournalDocLine,
    Outcome,
    OutcomeKind,
)
from posting.connectors.rendering import totals_by_account
from posting.journal import Side

_SCHEMA = """
create table if not exists entities (
    entity text primary key, functional_currency text not null
);
create table if not exists accounts (
    entity text not null, account_code text not null, account_name text not null,
    account_type text not null, is_active integer not null,
    primary key (entity, account_code)
);
create table if not exists periods (
    entity text not null, accounting_period text not null, start_date text not null,
    end_date text not null, is_open integer not null,
    primary key (entity, accounting_period)
);
create table if not exists numbers (
    entity text not null, year text not null, last_number integer not null,
    primary key (entity, year)
);
create table if not exists documents (
    erp_id integer primary key autoincrement, entity text not null, external_key text,
    source text not null, number text, state text not null check (state in ('draft', 'posted')),
    posting_date text not null, accounting_period text not null, currency text not null,
    functional_currency text not null, description text not null, reverses_erp_id integer
);
create unique index if not exists documents_by_key on documents (external_key);
create table if not exists lines (
    erp_id integer not null references documents (erp_id) on delete cascade,
    line_number integer not null, account_code text not null, dimension_product text not null,
    side text not null check (side in ('debit', 'credit')),
    amount_minor integer not null, functional_amount_minor integer not null,
    primary key (erp_id, line_number)
);
"""


@contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """Run a block in one transaction on the ledger's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        _create_tables(connection)
        connection.execute("begin immediate")
        with connection:
            yield connection
    finally:
        connection.close()


def insert_draft(
    connection: sqlite3.Connection, doc: JournalDoc, reverses_erp_id: int | None = None
) -> int:
    """Store an entry that was found in order, as a draft; return its id."""
    erp_id = connection.execute(
        "insert into documents (entity, external_key, source, state, posting_date, "
        "accounting_period, currency, functional_currency, description, reverses_erp_id) "
        "values (?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?)",
        [
            doc.entity,
            doc.key,
            doc.source,
            doc.posting_date.isoformat(),
            doc.period,
            doc.currency,
            doc.functional_currency,
            doc.description,
            reverses_erp_id,
        ],
    ).lastrowid
    connection.executemany(
        "insert into lines values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                erp_id,
                line.line_number,
                line.account,
                line.dimensions.get("product", ""),
                line.side.value,
                to_minor(str(line.amount), doc.currency),
                to_minor(str(line.functional_amount), doc.functional_currency),
            )
            for line in doc.lines
        ],
    )
    return int(erp_id or 0)


def post_draft(connection: sqlite3.Connection, erp_id: int) -> None:
    """Turn a draft into a posted entry with the next gapless number of its entity and year."""
    row = connection.execute(
        "select entity, substr(posting_date, 1, 4) as year from documents where erp_id = ?",
        [erp_id],
    ).fetchone()
    number = connection.execute(
        "insert into numbers values (?, ?, 1) on conflict (entity, year) "
        "do update set last_number = last_number + 1 returning last_number",
        [row["entity"], row["year"]],
    ).fetchone()["last_number"]
    connection.execute(
        "update documents set state = 'posted', number = ? where erp_id = ?",
        [f"{row['entity']}-{row['year']}-{number:06d}", erp_id],
    )


def submit_one(
    connection: sqlite3.Connection,
    doc: JournalDoc,
    reverses_erp_id: int | None = None,
) -> Outcome:
    """Store one draft, unless the key is taken or a rule refuses it."""
    known = refs(connection, "external_key = ?", [doc.key])
    if known:
        return Outcome(
            kind=OutcomeKind.DUPLICATE,
            ref=known[0],
            error_class=ErrorClass.DUPLICATE,
            text=f"An entry with key {doc.key} exists.",
        )
    refused = embedded_rules.refusal(connection, doc)
    if refused is not None:
        return refused
    erp_id = insert_draft(connection, doc, reverses_erp_id)
    return Outcome(
        kind=OutcomeKind.DRAFTED,
        ref=refs(connection, "erp_id = ?", [erp_id])[0],
    )


def commit_one(connection: sqlite3.Connection, ref: ErpRef) -> Outcome:
    """Post one draft; a posted one is reported as posted."""
    found = refs(connection, "erp_id = ?", [int(ref.erp_id)])
    if not found:
        return Outcome(kind=OutcomeKind.UNKNOWN, text=f"Draft {ref.erp_id} is gone.")
    if found[0].state == "posted":
        return Outcome(kind=OutcomeKind.POSTED, ref=found[0])
    refused = embedded_rules.account_refusal(
        connection, found[0].entity, [(0, account) for account, _ in found[0].totals_by_account]
    ) or embedded_rules.period_refusal(connection, found[0].entity, found[0].posted_on)
    if refused is not None:
        return refused
    post_draft(connection, int(ref.erp_id))
    return Outcome(
        kind=OutcomeKind.POSTED,
        ref=refs(connection, "erp_id = ?", [int(ref.erp_id)])[0],
    )


def refs(connection: sqlite3.Connection, condition: str, parameters: Sequence[object]) -> list:
    """Return the documents that meet a condition, with their totals, oldest first."""
    documents = connection.execute(
        f"select * from documents where {condition} order by erp_id", parameters
    ).fetchall()
    lines: dict[int, list[sqlite3.Row]] = {}
    for line in connection.execute(
        f"select * from lines where erp_id in (select erp_id from documents where {condition}) "
        "order by erp_id, line_number",
        parameters,
    ):
        lines.setdefault(line["erp_id"], []).append(line)
    return [_ref(document, lines.get(document["erp_id"], [])) for document in documents]


def _ref(document: sqlite3.Row, lines: list[sqlite3.Row]) -> ErpRef:
    as_lines = [
        JournalDocLine(
            line_number=line["line_number"],
            side=Side(line["side"]),
            account=line["account_code"],
            amount=to_decimal(line["amount_minor"], document["currency"]),
            functional_amount=to_decimal(
                line["functional_amount_minor"], document["functional_currency"]
            ),
            dimensions={"product": line["dimension_product"]},
        )
        for line in lines
    ]
    return ErpRef(
        erp_id=str(document["erp_id"]),
        key=document["external_key"] or "",
        number=document["number"],
        state=document["state"],
        entity=document["entity"],
        posted_on=date.fromisoformat(document["posting_date"]),
        totals_by_account=totals_by_account(as_lines),
        raw_hash=sha256_hex(canonical_json([list(document), [list(line) for line in lines]])),
    )


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create what is missing; most of the time nothing is, and nothing is locked to see it."""
    exists = connection.execute("select 1 from sqlite_master where name = 'lines'").fetchone()
    if exists is None:
        connection.executescript(_SCHEMA)
