"""Resolving: what became of documents whose outcome is unknown, by looking their keys up.

Belongs here: look-ups after the settle time, what follows from each finding, orphan drafts.
Does not: sending again (sending); a document goes back to `prepared` only when proven absent.
"""

from collections.abc import Sequence

from posting.connectors.connector import ErpRef, ErrorClass, JournalDoc
from posting.connectors.rendering import totals_by_account
from posting.couriers import Courier
from posting.errors import TransportError
from posting.outbox_rows import Move, OutboxDocument
from posting.sending import posted_or_conflict
from posting.states import State

_DIED = "The run that sent it ended before an answer was written down."
# Documents in these states may own a draft in the ERP.
_OWNERS = (
    State.SENDING,
    State.DRAFTED,
    State.COMMITTING,
    State.UNKNOWN,
    State.RESOLVING,
    State.CONFLICT,
)


def mark_interrupted(courier: Courier) -> None:
    """Whatever a run that is gone left half way has an unknown outcome."""
    interrupted = courier.documents([State.SENDING, State.COMMITTING])
    courier.move(
        [
            Move(document=document, to=State.UNKNOWN, facts={"error_text": _DIED})
            for document in interrupted
        ]
    )


def resolve(courier: Courier) -> None:
    """Look up every unknown document that is due, and put it where the finding says."""
    due = [
        document
        for document in courier.documents([State.UNKNOWN])
        if courier.is_due(document) and not _job_runs(courier, document)
    ]
    resolving = courier.documents([State.RESOLVING])
    resolving += courier.move([Move(document=document, to=State.RESOLVING) for document in due])
    if not resolving:
        return
    docs = courier.contents(resolving)
    try:
        found = courier.connector.find_by_keys(list(docs))
        superfluous = [ref for refs in found.values() for ref in _superfluous_drafts(refs)]
        if superfluous:
            courier.connector.discard_drafts(superfluous)
            found = courier.connector.find_by_keys(list(docs))
    except TransportError as error:
        courier.move(
            [
                Move(document=document, to=State.UNKNOWN, facts={"error_text": str(error)})
                for document in resolving
            ]
        )
        return
    courier.move(
        [
            finding(courier, document, docs[document.document_key], found[document.document_key])
            for document in resolving
        ]
    )


def recheck_conflicts(courier: Courier) -> None:
    """Look conflicts up again: a person may have repaired the ERP. Absence proves nothing here."""
    conflicts = courier.documents([State.CONFLICT])
    if not conflicts:
        return
    docs = courier.contents(conflicts)
    try:
        found = courier.connector.find_by_keys(list(docs))
    except TransportError:
        return
    repaired = [
        document
        for document in conflicts
        if _is_in_order(docs[document.document_key], found[document.document_key])
    ]
    resolving = courier.move([Move(document=each, to=State.RESOLVING) for each in repaired])
    courier.move(
        [
            finding(courier, document, docs[document.document_key], found[document.document_key])
            for document in resolving
        ]
    )


def discard_orphans(courier: Courier) -> int:
    """Delete drafts of ours that no document waits for; they would block a period's closing."""
    owners = courier.documents(_OWNERS)
    owned_ids = {document.erp_document_id for document in owners}
    undecided = {
        document.document_key
        for document in owners
        if document.state in {State.SENDING, State.UNKNOWN, State.RESOLVING, State.CONFLICT}
    }
    try:
        orphans = [
            ref
            for ref in courier.connector.list_drafts(courier.lease.legal_entity_code)
            if ref.erp_id not in owned_ids and ref.key not in undecided
        ]
        if orphans:
            courier.connector.discard_drafts(orphans)
    except TransportError:
        return 0
    return len(orphans)


def finding(
    courier: Courier, document: OutboxDocument, doc: JournalDoc, refs: Sequence[ErpRef]
) -> Move:
    """Return where a document goes, given everything the ERP holds under its key."""
    if not refs:
        waits = document.needs_approval and document.approved_by is None
        facts = {
            "erp_document_id": None,
            "erp_job": None,
            "next_step_at": None,
            "error_class": None,
            "error_text": None,
        }
        target = State.PENDING_APPROVAL if waits else State.PREPARED
        return Move(document=document, to=target, facts=facts)
    if len(refs) > 1:
        numbers = ", ".join(ref.number or f"draft {ref.erp_id}" for ref in refs)
        text = (
            f"The ERP holds key {document.document_key} {len(refs)} times: {numbers}. "
            "Reverse the later one in the ERP, then run again."
        )
        facts = {
            "erp_document_id": refs[0].erp_id,
            "erp_number": refs[0].number,
            "next_step_at": None,
            "error_class": ErrorClass.DUPLICATE.value,
            "error_text": text,
        }
        return Move(document=document, to=State.CONFLICT, facts=facts)
    if refs[0].state == "draft" and _is_in_order(doc, refs):
        facts = {
            "erp_document_id": refs[0].erp_id,
            "next_step_at": None,
            "error_class": None,
            "error_text": None,
        }
        return Move(document=document, to=State.DRAFTED, facts=facts)
    return posted_or_conflict(courier, document, doc, refs[0])


def _is_in_order(doc: JournalDoc, refs: Sequence[ErpRef]) -> bool:
    return len(refs) == 1 and dict(refs[0].totals_by_account) == totals_by_account(doc.lines)


def _superfluous_drafts(refs: Sequence[ErpRef]) -> list[ErpRef]:
    """Of several documents under one key, every draft but the one that may still be needed."""
    drafts = [ref for ref in refs if ref.state == "draft"]
    return drafts if len(drafts) < len(refs) else drafts[1:]


def _job_runs(courier: Courier, document: OutboxDocument) -> bool:
    if document.erp_job is None:
        return False
    try:
        return courier.connector.poll(document.erp_job)
    except TransportError:
        return True
