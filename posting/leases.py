"""Leases: one writer at a time per ERP and legal entity, with fencing numbers.

Belongs here: taking, proving and giving back a lease.
Does not: what is done under it (delivery, voiding).

A lease is a row that says who holds it until when. On one machine a lock file proves in addition
whether the holder lives, so that a killed run does not keep the next one waiting.
"""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, insert, select, update

from core.home import Home
from posting import audit_log, store, tables
from posting.audit_log import AuditEntry
from posting.errors import FencedError, LeaseHeldError

_DURATION = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write to one ERP for one legal entity, as long as its number is the newest."""

    erp_code: str
    legal_entity_code: str
    fencing_number: int


def this_machine() -> str:
    """Return the name by which leases know this machine."""
    return socket.gethostname()


@contextmanager
def held(
    home: Home, erp_code: str, legal_entity_code: str, *, now: datetime, holder: str
) -> Iterator[Lease]:
    """Hold the lease of an ERP and legal entity while the block runs.

    Raises:
        LeaseHeldError: a living run on this machine, or an unexpired one elsewhere, holds it.
    """
    with _lock_file(home, erp_code, legal_entity_code):
        with store.transaction(home) as connection:
            lease = _take(connection, erp_code, legal_entity_code, now, holder)
        try:
            yield lease
        finally:
            with store.transaction(home) as connection:
                _release(connection, lease)


def prove(connection: Connection, lease: Lease, now: datetime) -> None:
    """Make sure the lease is still ours, and keep it so until the transaction ends.

    Raises:
        FencedError: another run took it over.
    """
    table = tables.leases
    proven = connection.execute(
        update(table)
        .where(*_of(lease), table.c.fencing_number == lease.fencing_number)
        .values(expires_at=store.instant(now + _DURATION))
    )
    if proven.rowcount != 1:
        raise FencedError(
            f"Another run took over deliveries to {lease.erp_code} for {lease.legal_entity_code} "
            f"(this run's number was {lease.fencing_number}). Nothing more is written by this run."
        )


def _take(
    connection: Connection, erp_code: str, legal_entity_code: str, now: datetime, holder: str
) -> Lease:
    table = tables.leases
    row = connection.execute(
        select(table)
        .where(table.c.erp_code == erp_code, table.c.legal_entity_code == legal_entity_code)
        .with_for_update()
    ).one_or_none()
    expires_at = store.instant(now + _DURATION)
    if row is None:
        fencing_number = 1
        connection.execute(
            insert(table).values(
                erp_code=erp_code,
                legal_entity_code=legal_entity_code,
                holder=holder,
                fencing_number=1,
                expires_at=expires_at,
            )
        )
    else:
        if row.holder not in {None, holder} and row.expires_at > store.instant(now):
            raise LeaseHeldError(
                f"{row.holder} delivers to {erp_code} for {legal_entity_code} until "
                f"{row.expires_at}Z. Wait for it, or run again after that."
            )
        fencing_number = row.fencing_number + 1
        connection.execute(
            update(table)
            .where(table.c.erp_code == erp_code, table.c.legal_entity_code == legal_entity_code)
            .values(holder=holder, fencing_number=fencing_number, expires_at=expires_at)
        )
    lease = Lease(
        erp_code=erp_code, legal_entity_code=legal_entity_code, fencing_number=fencing_number
    )
    taken = AuditEntry(
        action="lease_taken",
        subject=f"{erp_code}|{legal_entity_code}",
        details={"fencing_number": fencing_number, "holder": holder},
    )
    audit_log.record(connection, [taken], at=now, actor="tieout")
    return lease


def _release(connection: Connection, lease: Lease) -> None:
    """Give the lease back, unless it is somebody else's by now."""
    table = tables.leases
    connection.execute(
        update(table)
        .where(*_of(lease), table.c.fencing_number == lease.fencing_number)
        .values(holder=None)
    )


def _of(lease: Lease) -> tuple:
    table = tables.leases
    return (
        table.c.erp_code == lease.erp_code,
        table.c.legal_entity_code == lease.legal_entity_code,
    )


@contextmanager
def _lock_file(home: Home, erp_code: str, legal_entity_code: str) -> Iterator[None]:
    """Hold the lock file of this machine; the system lets go of it when a process dies."""
    name = quote(f"{erp_code}|{legal_entity_code}", safe="")
    path: Path = home.path / "leases" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LeaseHeldError(
                f"Another run on this machine delivers to {erp_code} for {legal_entity_code}. "
                "Let it finish; what it leaves is delivered by the next run."
            ) from None
        yield
