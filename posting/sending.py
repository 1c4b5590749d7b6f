"""Sending documents: intent, draft, commit, each made durable before the next.

Belongs here: handing chunks to the ERP and writing down how each document ended.
Does not: finding out about unknown outcomes (resolving), or when to send (delivery).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sqlalchemy import insert

from core.canonical import sha256_hex
from posting import store, tables
from posting.connectors.connector import (
    Capabilities,
    ErpRef,
    ErrorClass,
    JournalDoc,
    Outcome,
    OutcomeKind,
)
from posting.connectors.rendering import totals_by_account
from posting.couriers import Courier
from posting.errors import TransportError
from posting.outbox_rows import Move, OutboxDocument
from posting.states import State

_NO_ANSWER = Outcome(kind=OutcomeKind.UNKNOWN, text="The ERP did not answer for this document.")


def send(courier: Courier, documents: Sequence[OutboxDocument]) -> None:
    """Send prepared or rejected documents; afterwards each stands where the ERP's answer put it."""
    docs = courier.contents(documents)
    for chunk in _chunks(documents, courier.connector.capabilities()):
        _send_chunk(courier, chunk, docs)


def commit(courier: Courier, drafted: Sequence[OutboxDocument]) -> None:
    """Post drafts whose ids are durable."""
    limit = courier.connector.capabilities().max_docs
    docs = courier.contents(drafted)
    for at in range(0, len(drafted), limit):
        _commit_chunk(courier, drafted[at : at + limit], docs)


def hold_back(courier: Courier, documents: Sequence[OutboxDocument]) -> list[OutboxDocument]:
    """Hold what the ERP would refuse, as far as it is known beforehand; return the rest."""
    docs = courier.contents(documents)
    findings = {finding.key: finding for finding in courier.connector.validate([*docs.values()])}
    moves, passed = [], []
    for document in documents:
        finding = findings.get(document.document_key)
        if finding is None:
            passed.append(document)
        elif document.state is State.PREPARED:
            facts = {"error_class": finding.error_class.value, "error_text": finding.text}
            moves.append(Move(document=document, to=State.HELD, facts=facts))
    courier.move(moves)
    held = [document for document in passed if document.state is State.HELD]
    released = courier.move(
        [
            Move(
                document=document,
                to=State.PREPARED,
                facts={"error_class": None, "error_text": None},
            )
            for document in held
        ]
    )
    return [document for document in passed if document.state is not State.HELD] + released


def _chunks(
    documents: Sequence[OutboxDocument], capabilities: Capabilities
) -> Iterator[list[OutboxDocument]]:
    """Cut documents into what one call may carry.

    Where one bad document refuses a whole call, a call carries only documents that are alike, so
    that a closed period or a currency the ERP does not know keeps nothing else waiting.
    """

    def group(document: OutboxDocument) -> tuple[str, ...]:
        alike = (document.currency, document.accounting_period, document.entry_type)
        return alike if capabilities.atomic_batch else ()

    ordered = sorted(documents, key=lambda document: (group(document), document.document_key))
    for _, members in groupby(ordered, key=group):
        whole = list(members)
        for at in range(0, len(whole), capabilities.max_docs):
            yield whole[at : at + capabilities.max_docs]


def _send_chunk(
    courier: Courier, documents: Sequence[OutboxDocument], contents: Mapping[str, JournalDoc]
) -> None:
    docs = {document.document_key: contents[document.document_key] for document in documents}
    batch_key = sha256_hex("|".join([str(courier.lease.fencing_number), *docs]))[:32]
    sending = _write_intent(courier, documents, docs, batch_key)
    try:
        outcomes = courier.connector.submit([*docs.values()], batch_key)
    except TransportError as error:
        outcomes = dict.fromkeys(docs, Outcome(kind=OutcomeKind.UNKNOWN, text=str(error)))
    moved = courier.move(
        [
            _after_answer(
                courier, document, docs[document.document_key], outcomes.get(document.document_key)
            )
            for document in sending
        ]
    )
    drafted = [document for document in moved if document.state is State.DRAFTED]
    _commit_chunk(courier, drafted, contents)


def _write_intent(
    courier: Courier,
    documents: Sequence[OutboxDocument],
    docs: dict[str, JournalDoc],
    batch_key: str,
) -> list[OutboxDocument]:
    """Make durable what is about to be sent, before its first byte leaves."""
    settle_at = courier.after(courier.connector.capabilities().settle_seconds)
    moves, attempts = [], []
    for document in documents:
        payload_hash = sha256_hex(courier.connector.render(docs[document.document_key]))
        moves.append(
            Move(
                document=document,
                to=State.SENDING,
                facts={
                    "attempts": document.attempts + 1,
                    "fencing_number": courier.lease.fencing_number,
                    "batch_key": batch_key,
                    "payload_hash": payload_hash,
                    "next_step_at": settle_at,
                    "erp_job": None,
                    "erp_document_id": None,
                },
            )
        )
        attempts.append(
            {
                "document_key": document.document_key,
                "attempt_number": document.attempts + 1,
                "run_id": courier.run_id,
                "fencing_number": courier.lease.fencing_number,
                "batch_key": batch_key,
                "content_hash": document.content_hash,
                "payload_hash": payload_hash,
                "started_at": store.instant(courier.now),
            }
        )
    with store.transaction(courier.home) as connection:
        connection.execute(insert(tables.attempts), attempts)
        return courier.move_within(connection, moves)


def _commit_chunk(
    courier: Courier, drafted: Sequence[OutboxDocument], contents: Mapping[str, JournalDoc]
) -> None:
    if not drafted:
        return
    docs = {document.document_key: contents[document.document_key] for document in drafted}
    settle_at = courier.after(courier.connector.capabilities().settle_seconds)
    committing = courier.move(
        [
            Move(document=document, to=State.COMMITTING, facts={"next_step_at": settle_at})
            for document in drafted
        ]
    )
    refs = [_draft_ref(document, docs[document.document_key]) for document in committing]
    try:
        outcomes = courier.connector.commit(refs)
    except TransportError as error:
        outcomes = dict.fromkeys(docs, Outcome(kind=OutcomeKind.UNKNOWN, text=str(error)))
    courier.move(
        [
            _after_answer(
                courier, document, docs[document.document_key], outcomes.get(document.document_key)
            )
            for document in committing
        ]
    )


def _draft_ref(document: OutboxDocument, doc: JournalDoc) -> ErpRef:
    return ErpRef(
        erp_id=document.erp_document_id or "",
        key=document.document_key,
        number=None,
        state="draft",
        entity=document.legal_entity_code,
        posted_on=doc.posting_date,
        totals_by_account=totals_by_account(doc.lines),
        raw_hash="",
    )


def _after_answer(
    courier: Courier, document: OutboxDocument, doc: JournalDoc, outcome: Outcome | None
) -> Move:
    """Return where a document goes after the ERP's answer, or its silence."""
    outcome = outcome or _NO_ANSWER
    error = {
        "error_class": outcome.error_class.value if outcome.error_class else None,
        "error_text": outcome.text,
    }
    match outcome.kind:
        case OutcomeKind.POSTED if outcome.ref is not None:
            return posted_or_conflict(courier, document, doc, outcome.ref)
        case OutcomeKind.DRAFTED if outcome.ref is not None:
            facts = {
                "erp_document_id": outcome.ref.erp_id,
                "next_step_at": None,
                "error_class": None,
                "error_text": None,
            }
            return Move(document=document, to=State.DRAFTED, facts=facts)
        case OutcomeKind.REJECTED:
            facts = {**error, "erp_document_id": None, "next_step_at": None}
            return Move(document=document, to=State.REJECTED, facts=facts)
        case OutcomeKind.RETRY:
            back = State.PREPARED if document.state is State.SENDING else State.DRAFTED
            later = courier.after(max(1, outcome.retry_after_seconds))
            return Move(document=document, to=back, facts={**error, "next_step_at": later})
        case OutcomeKind.DUPLICATE | OutcomeKind.ACCEPTED:
            # Success, most likely; the look-up that follows compares it before it is believed.
            later = courier.after(outcome.retry_after_seconds)
            facts = {**error, "next_step_at": later, "erp_job": outcome.job}
            return Move(document=document, to=State.UNKNOWN, facts=facts)
        case _:
            return Move(document=document, to=State.UNKNOWN, facts=error)


def posted_or_conflict(
    courier: Courier, document: OutboxDocument, doc: JournalDoc, ref: ErpRef
) -> Move:
    """Believe that a document is posted only when the ERP's totals per account are ours."""
    found = {"erp_document_id": ref.erp_id, "erp_number": ref.number, "next_step_at": None}
    expected = totals_by_account(doc.lines)
    if dict(ref.totals_by_account) == dict(expected):
        facts = {
            **found,
            "posted_on": ref.posted_on,
            "posted_at": store.instant(courier.counted_at),
            "error_class": None,
            "error_text": None,
        }
        return Move(document=document, to=State.POSTED, facts=facts)
    differing = sorted(
        account for account, _ in {*expected.items()} ^ {*ref.totals_by_account.items()}
    )
    text = (
        f"The ERP holds {ref.number or 'draft ' + ref.erp_id} under key {document.document_key}, "
        f"but with other totals on {', '.join(sorted({name for name, _ in differing}))}. "
        "Compare both, repair the ERP, and run again."
    )
    facts = {**found, "error_class": ErrorClass.OTHER.value, "error_text": text}
    return Move(document=document, to=State.CONFLICT, facts=facts)
