"""The states of a document between the ledger and the ERP, and the one table of moves.

Belongs here: which state may follow which.
Does not: who moves a document, and why (outbox, delivery, approvals, voiding).
"""

from enum import StrEnum

from posting.errors import IllegalTransitionError


class State(StrEnum):
    """Where a document stands."""

    PREPARED = "prepared"
    PENDING_APPROVAL = "pending_approval"
    SENDING = "sending"
    DRAFTED = "drafted"
    COMMITTING = "committing"
    POSTED = "posted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    RESOLVING = "resolving"
    CONFLICT = "conflict"
    HELD = "held"
    VOIDED = "voided"


TRANSITIONS: dict[State, frozenset[State]] = {
    # Nothing of it was sent, or it is proven absent.
    State.PREPARED: frozenset({State.SENDING, State.HELD, State.RESOLVING}),
    # A person has the word.
    State.PENDING_APPROVAL: frozenset({State.PREPARED, State.RESOLVING}),
    # The intent is durable; the ERP may or may not have it.
    State.SENDING: frozenset(
        {State.DRAFTED, State.POSTED, State.REJECTED, State.UNKNOWN, State.PREPARED, State.CONFLICT}
    ),
    # The ERP keeps a draft under an id that is durable here.
    State.DRAFTED: frozenset({State.COMMITTING, State.UNKNOWN}),
    State.COMMITTING: frozenset(
        {State.POSTED, State.REJECTED, State.UNKNOWN, State.DRAFTED, State.CONFLICT}
    ),
    # Refused by the ERP with a reason; sent again once per run, or voided once proven absent.
    State.REJECTED: frozenset({State.SENDING, State.RESOLVING}),
    # No answer: the only way on is to look the key up.
    State.UNKNOWN: frozenset({State.RESOLVING}),
    State.RESOLVING: frozenset(
        {
            State.UNKNOWN,
            State.PREPARED,
            State.PENDING_APPROVAL,
            State.DRAFTED,
            State.POSTED,
            State.REJECTED,
            State.CONFLICT,
            State.HELD,
            State.VOIDED,
        }
    ),
    # The ERP holds something else under the key, or holds it twice: a person repairs the ERP.
    State.CONFLICT: frozenset({State.RESOLVING}),
    # Refused here before anything was sent.
    State.HELD: frozenset({State.PREPARED, State.RESOLVING}),
    State.POSTED: frozenset(),
    State.VOIDED: frozenset(),
}


def refuse_illegal(document_key: str, current: State, target: State) -> None:
    """Refuse a move that the table does not know.

    Raises:
        IllegalTransitionError: always a mistake of the program, or two runs without a lease.
    """
    if target not in TRANSITIONS[current]:
        raise IllegalTransitionError(
            f"Document {document_key} cannot go from {current} to {target}. "
            f"From {current} it may go to: {', '.join(sorted(TRANSITIONS[current])) or 'nowhere'}."
        )
