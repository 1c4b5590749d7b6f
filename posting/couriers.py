"""What one delivery to one ERP and legal entity shares: its lease, its connector, its clock.

Belongs here: reading and moving documents under the lease.
Does not: the steps of a delivery (sending, resolving), or their order (delivery).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from core.home import Home
from posting import leases, outbox_rows, sealed_documents, store
from posting.connectors.connector import Connector, JournalDoc
from posting.connectors.rendering import journal_doc
from posting.errors import ContentMismatchError
from posting.leases import Lease
from posting.outbox_rows import Move, OutboxDocument
from posting.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Delivers to one ERP for one legal entity under a lease.

    Attributes:
        now: the instant leases and settle times are measured by.
        counted_at: the instant service levels count a posting at.
    """

    home: Home
    connector: Connector
    lease: Lease
    now: datetime
    counted_at: datetime
    run_id: str

    def documents(self, states: Iterable[State]) -> list[OutboxDocument]:
        """Return the documents of this ERP and entity in some states."""
        with store.reading(self.home) as connection:
            return outbox_rows.read(
                connection,
                states=states,
                erp_code=self.lease.erp_code,
                legal_entity_code=self.lease.legal_entity_code,
            )

    def move(self, moves: Sequence[Move]) -> list[OutboxDocument]:
        """Move documents in one transaction, provided the lease is still ours."""
        if not moves:
            return []
        with store.transaction(self.home) as connection:
            return self.move_within(connection, moves)

    def move_within(self, connection: Connection, moves: Sequence[Move]) -> list[OutboxDocument]:
        """Move documents in the caller's transaction, provided the lease is still ours."""
        leases.prove(connection, self.lease, self.now)
        return outbox_rows.move(connection, moves, at=self.now)

    def is_due(self, document: OutboxDocument) -> bool:
        """Return whether a document's next step may be taken."""
        return document.next_step_at is None or document.next_step_at <= store.instant(self.now)

    def after(self, seconds: int) -> datetime:
        """Return the instant some seconds from now, as the control store keeps it."""
        return store.instant(self.now + timedelta(seconds=seconds))

    def contents(self, documents: Sequence[OutboxDocument]) -> dict[str, JournalDoc]:
        """Read documents from the ledger in the terms of the port.

        Raises:
            ContentMismatchError: the ledger holds other content than the outbox was told.
        """
        numbers = sorted({document.batch_number for document in documents})
        keys = [document.document_key for document in documents]
        sealed = sealed_documents.contents(self.home, numbers, keys)
        docs = {}
        for document in documents:
            found = sealed.get(document.document_key)
            found_hash = found.content_hash() if found else "nothing"
            if found is None or found_hash != document.content_hash:
                raise ContentMismatchError(
                    f"Document {document.document_key} was prepared with content "
                    f"{document.content_hash[:12]}, but the ledger holds {found_hash[:12]} under "
                    "its key. Nothing is sent. Run `tieout verify` and restore the ledger."
                )
            docs[document.document_key] = journal_doc(found)
        return docs
