"""The outbox: where every sealed document stands on its way to the ERP.

Belongs here: deriving rows from ledger files, what was seen of the ledger.
Does not: talking to an ERP (delivery), or moving documents (outbox_rows).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from core.canonical import file_sha256
from core.home import Home
from posting import audit_log, ledger, sealed_documents, store, tables
from posting.audit_log import ACTOR, AuditEntry
from posting.errors import ContentMismatchError, LedgerDamagedError
from posting.outbox_rows import Move, OutboxDocument, move, read
from posting.sealed_documents import SealedDocument
from posting.states import State

_REBUILT = "The control store was rebuilt; the ERP is asked before anything is sent."


def check_ledger_is_whole(home: Home) -> None:
    """Refuse to go on when the ledger ends before what the control store saw of it.

    Raises:
        LedgerDamagedError: files at the ledger's end are missing or are other files.
    """
    with store.reading(home) as connection:
        seen, head = _last_seen(connection, home)
    if seen is None and head == 0:
        with store.transaction(home) as connection:
            if _last_seen(connection, home)[0] is None:
                _begin(connection, home)


def synchronise(home: Home, now: datetime) -> int:
    """Derive outbox rows from ledger files not seen yet; running it again changes nothing.

    Returns:
        The number of documents that were new.
    """
    with store.reading(home) as connection:
        seen, head = _last_seen(connection, home)
        if seen == head:
            return 0
    with store.transaction(home) as connection:
        seen, head = _last_seen(connection, home)
        is_rebuilt = seen is None and head > 0
        if seen is None:
            seen = _begin(connection, home)
        numbers = range(seen + 1, head + 1)
        if not numbers:
            return 0
        sealed = sealed_documents.headers(home, numbers)
        voided = sealed_documents.voids(home, numbers)
        preparers = sealed_documents.prepared_by(home, numbers)
        _refuse_other_content(connection, sealed)
        rows = [
            _row(document, preparers[document.batch_number], voided, is_rebuilt=is_rebuilt)
            for document in sealed
        ]
        if rows:
            connection.execute(insert(tables.documents), rows)
        _void_known(connection, {key: voided[key] for key in voided}, rows, now)
        hashes = [
            {"number": number, "file_hash": file_sha256(ledger.ledger_file(home, number))}
            for number in numbers
        ]
        connection.execute(insert(tables.ledger_files), hashes)
        audit_log.record(
            connection,
            [
                AuditEntry(action="ledger_file_read", subject=f"{row['number']:09d}", details=row)
                for row in hashes
            ]
            + [
                AuditEntry(
                    action=f"document_{row['state']}",
                    subject=row["document_key"],
                    details={name: row[name] for name in ("batch_number", "content_hash")},
                )
                for row in rows
            ],
            at=now,
            actor=ACTOR,
        )
    return len(rows)


def documents(home: Home, states: Iterable[State] | None = None) -> list[OutboxDocument]:
    """Return the documents of the outbox, or those in some states."""
    with store.reading(home) as connection:
        return read(connection, states=states)


def counts_by_state(home: Home) -> dict[str, int]:
    """Return how many documents stand in each state."""
    column = tables.documents.c.state
    with store.reading(home) as connection:
        return dict(
            tuple(row)
            for row in connection.execute(
                select(column, func.count()).group_by(column).order_by(column)
            )
        )


def _begin(connection: Connection, home: Home) -> int:
    """Remember the genesis file; a store that knows no file at all was lost, or is new."""
    genesis = file_sha256(ledger.ledger_file(home, 0))
    connection.execute(insert(tables.ledger_files).values(number=0, file_hash=genesis))
    return 0


def _last_seen(connection: Connection, home: Home) -> tuple[int | None, int]:
    """Return the last ledger file seen (none by a new store) and the head; refuse a shorter ledger.

    The head is read after what was seen: another run may seal in between, never unseal.
    """
    table = tables.ledger_files
    row = connection.execute(select(table).order_by(table.c.number.desc()).limit(1)).one_or_none()
    head = ledger.head_number(home)
    if row is None:
        return None, head
    if row.number > head or file_sha256(ledger.ledger_file(home, row.number)) != row.file_hash:
        raise LedgerDamagedError(
            f"The control store saw ledger file {row.number} (hash {row.file_hash[:12]}), but "
            f"{home.ledger} ends at {head} or holds another file {row.number}. Restore the ledger "
            "from the backup; sealing over a shorter ledger would post everything again."
        )
    return row.number, head


def _refuse_other_content(connection: Connection, sealed: list[SealedDocument]) -> None:
    """A key stands for one content for ever; nothing is ever overwritten under it."""
    known = {
        document.document_key: document.content_hash
        for document in read(connection, keys=[document.document_key for document in sealed])
    }
    for document in sealed:
        if document.document_key in known:
            raise ContentMismatchError(
                f"Document key {document.document_key} is already in the outbox with content "
                f"{known[document.document_key][:12]}; the ledger has {document.content_hash[:12]} "
                f"under it (batch {document.batch_number}). Nothing is sent under it. Run "
                "`tieout verify` and restore the ledger from the backup."
            )


def _row(
    document: SealedDocument, preparer: str, voided: Mapping[str, str], *, is_rebuilt: bool
) -> dict[str, object]:
    if document.document_key in voided:
        state, text = State.VOIDED, voided[document.document_key]
    elif is_rebuilt:
        state, text = State.UNKNOWN, _REBUILT
    elif document.needs_approval:
        state, text = State.PENDING_APPROVAL, None
    else:
        state, text = State.PREPARED, None
    facts = {name: getattr(document, name) for name in SealedDocument.__dataclass_fields__}
    return {
        **facts,
        "state": state.value,
        "attempts": 0,
        "error_text": text,
        "prepared_by": preparer,
    }


def _void_known(
    connection: Connection,
    voided: Mapping[str, str],
    new_rows: list[dict[str, object]],
    now: datetime,
) -> None:
    """Voids of documents that were in the outbox before: finish what a killed run began."""
    known = sorted(set(voided) - {str(row["document_key"]) for row in new_rows})
    moves = [
        Move(
            document=document, to=State.VOIDED, facts={"error_text": voided[document.document_key]}
        )
        for document in read(connection, keys=known)
        if document.state is not State.VOIDED
    ]
    move(connection, moves, at=now)
