"""The store of the embedded ledger: tables, transactions, and the rules every entry obeys.

Belongs here: the schema, what is refused and why, reading documents back.
Does not: the port (embedded). Nothing outside these two modules opens the file.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from core.canonical import canonical_json, sha256_hex
from core.money import AmountError, to_decimal, to_minor
from posting.connectors.connector import (
    ErpRef,
    ErrorClass,
    JournalDoc,
    JournalDocLine,
    Outcome,
    OutcomeKind,
    totals_by_account,
)
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


def refusal(connection: sqlite3.Connection, doc: JournalDoc) -> Outcome | None:
    """Return why an entry cannot be made, or nothing when it can."""
    entity = connection.execute(
        "select functional_currency from entities where entity = ?", [doc.entity]
    ).fetchone()
    if entity is None:
        return rejected(ErrorClass.UNKNOWN_ENTITY, f"Company {doc.entity} does not exist.")
    if entity["functional_currency"] != doc.functional_currency:
        return rejected(
            ErrorClass.CURRENCY,
            f"Company {doc.entity} keeps its books in {entity['functional_currency']}, "
            f"the entry states {doc.functional_currency}.",
        )
    return (
        _amount_refusal(doc)
        or account_refusal(
            connection, doc.entity, [(line.line_number, line.account) for line in doc.lines]
        )
        or period_refusal(connection, doc.entity, doc.posting_date)
    )


def account_refusal(
    connection: sqlite3.Connection, entity: str, accounts: Sequence[tuple[int, str]]
) -> Outcome | None:
    """Return which account does not exist or takes no entries, or nothing."""
    for line_number, account in accounts:
        row = connection.execute(
            "select is_active from accounts where entity = ? and account_code = ?",
            [entity, account],
        ).fetchone()
        if row is None:
            return rejected(
                ErrorClass.UNKNOWN_ACCOUNT,
                f"Account {account} does not exist in {entity}.",
                line_number,
            )
        if not row["is_active"]:
            return rejected(
                ErrorClass.INACTIVE_ACCOUNT,
                f"Account {account} of {entity} is inactive.",
                line_number,
            )
    return None


def period_refusal(
    connection: sqlite3.Connection, entity: str, posting_date: date
) -> Outcome | None:
    """Return that no open period takes the date, or nothing when one does."""
    period = connection.execute(
        "select accounting_period, is_open from periods "
        "where entity = ? and ? between start_date and end_date",
        [entity, posting_date.isoformat()],
    ).fetchone()
    if period is None:
        return rejected(
            ErrorClass.PERIOD_CLOSED, f"{entity} has no accounting period for {posting_date}."
        )
    if not period["is_open"]:
        return rejected(
            ErrorClass.PERIOD_CLOSED, f"Period {period['accounting_period']} of {entity} is closed."
        )
    return None


def rejected(error_class: ErrorClass, text: str, line_number: int | None = None) -> Outcome:
    """Return a refusal in the terms of the port."""
    return Outcome(
        kind=OutcomeKind.REJECTED, error_class=error_class, text=text, line_number=line_number
    )


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


def _amount_refusal(doc: JournalDoc) -> Outcome | None:
    """Refuse what is empty, negative, too fine for its currency, or does not balance."""
    if not doc.lines:
        return rejected(ErrorClass.OTHER, "The entry has no lines.")
    for currency, amounts in (
        (doc.currency, [(line, line.amount) for line in doc.lines]),
        (doc.functional_currency, [(line, line.functional_amount) for line in doc.lines]),
    ):
        totals = {Side.DEBIT: Decimal(0), Side.CREDIT: Decimal(0)}
        for line, amount in amounts:
            try:
                minor = to_minor(str(amount), currency)
            except AmountError as error:
                return rejected(ErrorClass.PRECISION, str(error), line.line_number)
            if minor < 0:
                return rejected(
                    ErrorClass.OTHER, f"{amount} {currency} is negative.", line.line_number
                )
            totals[line.side] += amount
        if totals[Side.DEBIT] != totals[Side.CREDIT]:
            return rejected(
                ErrorClass.UNBALANCED,
                f"The entry must balance: debit {totals[Side.DEBIT]}, "
                f"credit {totals[Side.CREDIT]} {currency}.",
            )
    return None


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create what is missing; most of the time nothing is, and nothing is locked to see it."""
    exists = connection.execute("select 1 from sqlite_master where name = 'lines'").fetchone()
    if exists is None:
        connection.executescript(_SCHEMA)
