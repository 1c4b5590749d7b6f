"""Approvals: documents above a limit wait for a person who did not prepare them.

Belongs here: giving the approval, with maker and checker apart.
Does not: the limits (sealing fixes who needs one), or sending what was approved (delivery).
"""

from datetime import datetime

from core.home import Home
from posting import outbox, outbox_rows, store
from posting.errors import ApprovalError
from posting.outbox_rows import Move, OutboxDocument
from posting.states import State


def pending_documents(home: Home) -> list[OutboxDocument]:
    """Return the documents that wait for a person."""
    return outbox.documents(home, [State.PENDING_APPROVAL])


def approve_document(
    home: Home, document_key: str, *, by: str, reason: str, now: datetime
) -> OutboxDocument:
    """Let a document go to the ERP with the next delivery.

    Raises:
        ApprovalError: it does not wait for approval, or its maker is its checker.
    """
    with store.transaction(home) as connection:
        found = outbox_rows.read(connection, keys=[document_key])
        if not found:
            raise ApprovalError(
                f"There is no document {document_key} in the outbox. See `tieout status`."
            )
        document = found[0]
        if document.state is not State.PENDING_APPROVAL:
            raise ApprovalError(
                f"Document {document_key} is {document.state}; only one that is pending approval "
                "can be approved."
            )
        refuse_same_person(document_key, maker=document.prepared_by, checker=by)
        facts = {"approved_by": by, "approval_reason": reason}
        move = Move(document=document, to=State.PREPARED, facts=facts)
        return outbox_rows.move(connection, [move], at=now, actor=by)[0]


def refuse_same_person(subject: str, *, maker: str, checker: str) -> None:
    """Refuse an approval by nobody, or by who prepared it.

    Raises:
        ApprovalError: four eyes are two people.
    """
    if not checker.strip():
        raise ApprovalError(f"Say who approves {subject}.")
    if checker.strip().casefold() == maker.strip().casefold():
        raise ApprovalError(
            f"{subject} was prepared by {maker}, so {checker} cannot approve it. Ask somebody else."
        )
