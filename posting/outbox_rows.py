"""Rows of the outbox: reading documents, and moving them from state to state.

Belongs here: the one way a document's state changes, with its audit entry.
Does not: where rows come from (outbox), or the table of moves (states).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from posting import audit_log, tables
from posting.audit_log import ACTOR, AuditEntry
from posting.errors import IllegalTransitionError
from posting.states import State, refuse_illegal

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
    posted_at: datetime | None
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


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
