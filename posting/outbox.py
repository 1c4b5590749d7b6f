"""The outbox: where every sealed document stands on its way to the ERP.

Belongs here: deriving rows from ledger files, moving documents from state to state.
Does not: talking to an ERP (delivery), or the table of moves (states).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.canonical import file_sha256
from core.home import Home
from posting import audit_log, ledger, sealed_documents, store, tables
from posting.audit_log import AuditEntry
from posting.errors import ContentMismatchError, IllegalTransitionError, LedgerDamagedError
from posting.sealed_documents import SealedDocument
from posting.states import State, refuse_illegal

_REBUILT = "The control store was rebuilt; the ERP is asked before anything is sent."
ACTOR = "tieout"
_KEYS_PER_QUERY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxDocument:
    """A document on its way."""

    document_key: str
    erp_code: str
    legal_entity_code: str
    document_identity: str
    revision: int
    batch_number: int
    currency: str
    functional_currency: str
    accounting_period: str
    entry_type: str
    content_hash: str
    total_minor: int
    functional_total_minor: int
    needs_approval: bool
    state: State
    attempts: int
    fencing_number: int | None
    batch_key: str | None
    payload_hash: str | None
    erp_job: str | None
    next_step_at: datetime | None
    erp_document_id: str | None
    erp_number: str | None
    posted_on: date | None
    error_class: str | None
    error_text: str | None
    prepared_by: str
    approved_by: str | None
    approval_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One document's step to another state, with the facts that change on the way."""

    document: OutboxDocument
    to: State
    facts: Mapping[str, object] = field(default_factory=dict)


def check_ledger_is_whole(home: Home) -> None:
    """Refuse to go on when the ledger ends before what the control store saw of it.

    Raises:
        LedgerDamagedError: files at the ledger's end are missing or are other files.
    """
    with store.transaction(home) as connection:
        _known_head(connection, home, ledger.head_number(home))


def synchronise(home: Home, now: datetime) -> int:
    """Derive outbox rows from ledger files not seen yet; running it again changes nothing.

    Returns:
        The number of documents that were new.
    """
    head = ledger.head_number(home)
    with store.transaction(home) as connection:
        known, is_rebuilt = _known_head(connection, home, head)
        numbers = range(known + 1, head + 1)
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


def read(
    connection: Connection,
    *,
    states: Iterable[State] | None = None,
    erp_code: str | None = None,
    legal_entity_code: str | None = None,
    keys: Sequence[str] | None = None,
) -> list[OutboxDocument]:
    """Return documents, sorted by key; each filter narrows what is returned."""
    if keys is not None and len(keys) > _KEYS_PER_QUERY:
        parts = [keys[at : at + _KEYS_PER_QUERY] for at in range(0, len(keys), _KEYS_PER_QUERY)]
        found = [
            document
            for part in parts
            for document in read(
                connection,
                states=states,
                erp_code=erp_code,
                legal_entity_code=legal_entity_code,
                keys=part,
            )
        ]
        return sorted(found, key=lambda document: document.document_key)
    table = tables.documents
    query = select(table).order_by(table.c.document_key)
    if states is not None:
        query = query.where(table.c.state.in_([state.value for state in states]))
    if erp_code is not None:
        query = query.where(table.c.erp_code == erp_code)
    if legal_entity_code is not None:
        query = query.where(table.c.legal_entity_code == legal_entity_code)
    if keys is not None:
        query = query.where(table.c.document_key.in_(keys))
    return [
        OutboxDocument(**{**row, "state": State(row["state"])})
        for row in connection.execute(query).mappings()
    ]


def documents(home: Home, states: Iterable[State] | None = None) -> list[OutboxDocument]:
    """Return the documents of the outbox, or those in some states."""
    with store.transaction(home) as connection:
        return read(connection, states=states)


def counts_by_state(home: Home) -> dict[str, int]:
    """Return how many documents stand in each state."""
    column = tables.documents.c.state
    with store.transaction(home) as connection:
        return dict(
            tuple(row)
            for row in connection.execute(
                select(column, func.count()).group_by(column).order_by(column)
            )
        )


def move(
    connection: Connection, moves: Sequence[Move], *, at: datetime, actor: str = ACTOR
) -> list[OutboxDocument]:
    """Move documents, each from the state it was read in, with an audit entry each.

    Returns:
        The documents as they are now.

    Raises:
        IllegalTransitionError: the table of moves forbids it, or somebody else moved it first.
    """
    for step in moves:
        refuse_illegal(step.document.document_key, step.document.state, step.to)
    by_names: dict[tuple[str, ...], list[Move]] = {}
    for step in moves:
        by_names.setdefault(tuple(sorted(step.facts)), []).append(step)
    for names, steps in by_names.items():
        _update(connection, names, steps)
    audit_log.record(
        connection,
        [
            AuditEntry(
                action=f"document_{step.to}",
                subject=step.document.document_key,
                details={
                    "from": step.document.state.value,
                    **{name: _plain(value) for name, value in step.facts.items()},
                },
            )
            for step in moves
        ],
        at=at,
        actor=actor,
    )
    return read(connection, keys=[step.document.document_key for step in moves])


def _update(connection: Connection, names: tuple[str, ...], steps: list[Move]) -> None:
    table = tables.documents
    statement = (
        update(table)
        .where(table.c.document_key == bindparam("moved_key"), table.c.state == bindparam("left"))
        .values(state=bindparam("entered"), **{name: bindparam(f"new_{name}") for name in names})
    )
    result = connection.execute(
        statement,
        [
            {
                "moved_key": step.document.document_key,
                "left": step.document.state.value,
                "entered": step.to.value,
                **{f"new_{name}": step.facts[name] for name in names},
            }
            for step in steps
        ],
    )
    if result.rowcount != len(steps):
        keys = ", ".join(step.document.document_key for step in steps[:5])
        raise IllegalTransitionError(
            f"Of {len(steps)} documents ({keys}, ...) only {result.rowcount} were still in the "
            "state they were read in: another run moved them. Run again."
        )


def _known_head(connection: Connection, home: Home, head: int) -> tuple[int, bool]:
    """Return the last ledger file seen, and whether the store starts over an existing ledger."""
    table = tables.ledger_files
    row = connection.execute(select(table).order_by(table.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        genesis = file_sha256(ledger.ledger_file(home, 0))
        connection.execute(insert(table).values(number=0, file_hash=genesis))
        return 0, head > 0
    if row.number > head or file_sha256(ledger.ledger_file(home, row.number)) != row.file_hash:
        raise LedgerDamagedError(
            f"The control store saw ledger file {row.number} (hash {row.file_hash[:12]}), but "
            f"{home.ledger} ends at {head} or holds another file {row.number}. Restore the ledger "
            "from the backup; sealing over a shorter ledger would post everything again."
        )
    return row.number, False


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


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
