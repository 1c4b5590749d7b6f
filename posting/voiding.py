"""Voiding: a document proven absent from the ERP gives its lines back to the difference.

Belongs here: the proof, and the VOID record in the ledger.
Does not: what is sealed instead; the next difference says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa

from core.home import Home
from core.spans import format_instant
from posting import batch_rows, leases, ledger, ledger_schema, outbox, outbox_rows, store
from posting.connectors.connector import Connector
from posting.couriers import Courier
from posting.errors import LeaseHeldError, LedgerMovedError, NotProvenAbsentError, TransportError
from posting.outbox_rows import Move, OutboxDocument
from posting.resolving import finding
from posting.states import State

_VOIDABLE = (State.REJECTED, State.HELD, State.PREPARED, State.PENDING_APPROVAL, State.CONFLICT)
_TRIES = 5
_CHANGED = "What should be booked has changed since it was refused."
_CLOSED = "Its posting period was closed before the ERP took it."


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedDocument:
    """A document whose lines went back to the difference."""

    document_key: str
    reason: str


def void_changed_rejections(
    warehouse: Path,
    home: Home,
    connectors: Mapping[str, Connector],
    now: datetime,
    *,
    run_id: str = "",
    holder: str | None = None,
) -> list[VoidedDocument]:
    """Void refused documents that can no longer be posted as they are.

    That is so when the new difference touches their lines, or their posting period is closed.
    If anything is returned, the difference must be computed again before it is sealed.
    """
    outbox.synchronise(home, now)
    refused = outbox.documents(home, [State.REJECTED, State.HELD])
    if not refused:
        return []
    touched = _touched(warehouse, home, refused)
    closed = _closed(refused, connectors)
    reasons = {
        document.document_key: _CHANGED if document.document_key in touched else _CLOSED
        for document in refused
        if document.document_key in touched | closed
    }
    chosen = [document for document in refused if document.document_key in reasons]
    voided = []
    for (erp_code, entity), group in groupby(sorted(chosen, key=_place), key=_place):
        connector = connectors.get(erp_code)
        if connector is None:
            continue
        try:
            with leases.held(
                home, erp_code, entity, now=now, holder=holder or leases.this_machine()
            ) as lease:
                courier = Courier(
                    home=home,
                    connector=connector,
                    lease=lease,
                    now=now,
                    counted_at=now,
                    run_id=run_id,
                )
                voided += _void(courier, list(group), reasons)
        except LeaseHeldError:
            continue  # Whoever delivers now may get it posted; otherwise the next run voids it.
    return voided


def void_document(
    home: Home,
    connectors: Mapping[str, Connector],
    document_key: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    holder: str | None = None,
) -> VoidedDocument:
    """Void one document by a person's decision, if the ERP proves not to hold it.

    Raises:
        NotProvenAbsentError: its outcome is open, or the ERP holds it.
    """
    outbox.synchronise(home, now)
    found = [each for each in outbox.documents(home) if each.document_key == document_key]
    if not found or found[0].state not in _VOIDABLE:
        state = found[0].state if found else "not in the outbox"
        raise NotProvenAbsentError(
            f"Document {document_key} is {state}. Only a document that is "
            f"{', '.join(_VOIDABLE)} can be voided; an open outcome is looked up by the next run."
        )
    document = found[0]
    connector = connectors.get(document.erp_code)
    if connector is None:
        raise NotProvenAbsentError(
            f"There is no connection to ERP {document.erp_code}, so nothing proves that document "
            f"{document_key} is absent. Name the ERP under `erps` in company.yaml."
        )
    with leases.held(
        home,
        document.erp_code,
        document.legal_entity_code,
        now=now,
        holder=holder or leases.this_machine(),
    ) as lease:
        courier = Courier(
            home=home, connector=connector, lease=lease, now=now, counted_at=now, run_id=""
        )
        voided = _void(courier, [document], {document_key: f"{by}: {reason}"})
    if not voided:
        raise NotProvenAbsentError(
            f"Document {document_key} was not voided: the ERP holds it, or did not answer. "
            "See its state in the outbox."
        )
    return voided[0]


def _place(document: OutboxDocument) -> tuple[str, str]:
    return (document.erp_code, document.legal_entity_code)


def _touched(warehouse: Path, home: Home, refused: Sequence[OutboxDocument]) -> set[str]:
    """Return the documents whose lines the new difference wants to change."""
    numbers = sorted({document.batch_number for document in refused})
    listing = ", ".join(ledger.sql_text(str(ledger.ledger_file(home, each))) for each in numbers)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            f"select distinct document_key from read_parquet([{listing}]) "
            "where record_type = 'delta' and subledger_line_key in "
            "(select subledger_line_key from journals.proposed_lines)"
        ).fetchall()
    return {key for (key,) in rows} & {document.document_key for document in refused}


def _closed(refused: Sequence[OutboxDocument], connectors: Mapping[str, Connector]) -> set[str]:
    """Return the documents whose period the ERP has closed."""
    closed = set()
    for (erp_code, entity), group in groupby(sorted(refused, key=_place), key=_place):
        connector = connectors.get(erp_code)
        if connector is None or entity not in connector.legal_entities():
            continue
        open_periods = {
            period.accounting_period
            for period in connector.read_master(entity).periods
            if period.is_open
        }
        closed |= {
            document.document_key
            for document in group
            if document.accounting_period not in open_periods
        }
    return closed


def _void(
    courier: Courier, documents: Sequence[OutboxDocument], reasons: Mapping[str, str]
) -> list[VoidedDocument]:
    """Prove documents absent, then append the VOID records; return what was voided."""
    outbox.synchronise(courier.home, courier.now)
    with store.reading(courier.home) as connection:
        keys = [document.document_key for document in documents]
        current = outbox_rows.read(connection, states=_VOIDABLE, keys=keys)
    resolving = courier.move([Move(document=each, to=State.RESOLVING) for each in current])
    absent = _proven_absent(courier, resolving)
    if not absent:
        return []
    voided = [
        VoidedDocument(document_key=each.document_key, reason=reasons[each.document_key])
        for each in absent
    ]
    proof = (
        f"At {format_instant(courier.now)}, under fencing number {courier.lease.fencing_number}, "
        "the ERP held nothing under this key; drafts were discarded before."
    )
    with store.transaction(courier.home) as connection:
        # The lease row stays locked until the VOID is in the ledger: nobody can send meanwhile.
        leases.prove(connection, courier.lease, courier.now)
        _append(courier.home, voided, proof)
    outbox.synchronise(courier.home, courier.now)
    return voided


def _proven_absent(courier: Courier, resolving: Sequence[OutboxDocument]) -> list[OutboxDocument]:
    """Return the documents the ERP does not hold; the others go where the finding says."""
    if not resolving:
        return []
    docs = courier.contents(resolving)
    try:
        found = courier.connector.find_by_keys(list(docs))
        drafts = [ref for refs in found.values() for ref in refs if ref.state == "draft"]
        if drafts:
            courier.connector.discard_drafts(drafts)
            found = courier.connector.find_by_keys(list(docs))
    except TransportError as error:
        courier.move(
            [
                Move(document=each, to=State.UNKNOWN, facts={"error_text": str(error)})
                for each in resolving
            ]
        )
        return []
    present = [each for each in resolving if found[each.document_key]]
    courier.move(
        [
            finding(courier, each, docs[each.document_key], found[each.document_key])
            for each in present
        ]
    )
    return [each for each in resolving if not found[each.document_key]]


def _append(home: Home, voided: Sequence[VoidedDocument], proof: str) -> None:
    """Append VOID records at whatever head the ledger has; they depend on none."""
    for _ in range(_TRIES):
        head = ledger.head_number(home)
        try:
            ledger.append(home, after=head, make=_rows(head + 1, voided, proof))
        except LedgerMovedError:
            continue
        return
    raise LedgerMovedError(
        f"The ledger moved {_TRIES} times while documents were to be voided. Run again."
    )


def _rows(number: int, voided: Sequence[VoidedDocument], proof: str) -> Callable[[str], pa.Table]:
    def make(previous_hash: str) -> pa.Table:
        records = [
            {
                "batch_number": number,
                "document_key": each.document_key,
                "reason": each.reason,
                "proof": proof,
                "previous_hash": previous_hash,
            }
            for each in sorted(voided, key=lambda each: each.document_key)
        ]
        schema = pa.schema(list(ledger_schema.VOID.items()))
        return batch_rows.as_file_rows("void", pa.Table.from_pylist(records, schema))

    return make
