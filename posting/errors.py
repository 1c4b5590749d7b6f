"""What can stop posting, in sentences a person can act on.

Belongs here: errors of sealing, delivery, approval and the control store.
Does not: what an ERP refuses. That is an outcome of a document, kept in the outbox.
"""

from core.errors import TieoutError


class SmallerWorldError(TieoutError):
    """The difference was computed from less than what was sealed before."""


class LedgerMovedError(TieoutError):
    """Another run sealed first; the difference must be computed again."""


class LedgerDamagedError(TieoutError):
    """Files of the ledger are missing or are not the ones that were sealed."""


class WorldMismatchError(TieoutError):
    """The warehouse was not built for the world that is to be sealed."""


class UnsealableLinesError(TieoutError):
    """Proposed lines break an invariant of the books and must not be sealed."""


class IllegalTransitionError(TieoutError):
    """A document cannot go from its state to the one asked for."""


class ContentMismatchError(TieoutError):
    """A document key is known with other content; nothing is sent under it."""


class LeaseHeldError(TieoutError):
    """Another run is delivering to this ERP and legal entity."""


class FencedError(TieoutError):
    """Another run took over the lease; this one must not write any more."""


class ApprovalError(TieoutError):
    """An approval was refused: wrong state, unknown subject, or maker equals checker."""


class PeriodOpenWorkError(TieoutError):
    """A period cannot close while something of it is unsealed, unapproved or undelivered."""


class PeriodStateError(TieoutError):
    """A period is not in the state that a decision about it needs."""


class NotProvenAbsentError(TieoutError):
    """A document cannot be voided, because it is not proven to be absent from the ERP."""


class MessagesError(TieoutError):
    """What others were told cannot be read or added to; it is told by a later run."""


class TransportError(TieoutError):
    """A call to an ERP ended without an answer: timeout, cut connection, 5xx. Its effect is open.

    Connectors raise it; delivery turns it into the state `unknown` and looks the keys up.
    """
