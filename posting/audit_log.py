"""The audit log: who did what to which subject, when; each entry carries the hash of the last.

Belongs here: appending entries inside the caller's transaction, and proving the chain.
Does not: deciding what is worth an entry (whoever changes a fact does).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from core.canonical import canonical_json, sha256_hex
from core.home import Home
from posting import store, tables

ACTOR = "tieout"
_START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Something that happened to a subject."""

    action: str
    subject: str
    details: dict[str, object]


def record(
    connection: Connection, entries: Iterable[AuditEntry], *, at: datetime, actor: str
) -> None:
    """Append entries to the chain; they stand or fall with the caller's transaction."""
    sequence, entry_hash = _lock_head(connection)
    rows = []
    for entry in entries:
        sequence += 1
        row = {
            "sequence": sequence,
            "at": store.instant(at),
            "actor": actor,
            "action": entry.action,
            "subject": entry.subject,
            "details": canonical_json(entry.details),
            "previous_hash": entry_hash,
        }
        entry_hash = _hash(row)
        rows.append({**row, "entry_hash": entry_hash})
    if rows:
        connection.execute(insert(tables.audit_log), rows)
        connection.execute(
            update(tables.audit_head).values(sequence=sequence, entry_hash=entry_hash)
        )


def entries(home: Home, action: str) -> list[AuditEntry]:
    """Return the entries of one action, in their order."""
    table = tables.audit_log
    query = select(table).where(table.c.action == action).order_by(table.c.sequence)
    with store.reading(home) as connection:
        rows = connection.execute(query).mappings().all()
    return [
        AuditEntry(action=action, subject=row["subject"], details=json.loads(row["details"]))
        for row in rows
    ]


def verify(home: Home) -> list[str]:
    """Return what is wrong with the chain, in sentences."""
    with store.reading(home) as connection:
        rows = connection.execute(
            select(tables.audit_log).order_by(tables.audit_log.c.sequence)
        ).mappings()
        problems = []
        sequence, entry_hash = 0, _START
        for row in rows:
            sequence += 1
            if row["sequence"] != sequence:
                problems.append(f"The audit log has no entry {sequence}: it was removed.")
                sequence = row["sequence"]
            elif row["previous_hash"] != entry_hash or row["entry_hash"] != _hash(dict(row)):
                problems.append(
                    f"Audit entry {sequence} ({row['action']} of {row['subject']}) is not the one "
                    "that was written."
                )
            entry_hash = row["entry_hash"]
        head = connection.execute(
            select(tables.audit_head.c.sequence, tables.audit_head.c.entry_hash)
        ).one_or_none()
        if (tuple(head) if head else (0, _START)) != (sequence, entry_hash):
            problems.append(f"The audit log ends at entry {sequence}, not where it ended last.")
    return problems


def _lock_head(connection: Connection) -> tuple[int, str]:
    """Read the end of the chain and keep others from appending until the transaction ends."""
    head = connection.execute(
        select(tables.audit_head.c.sequence, tables.audit_head.c.entry_hash).with_for_update()
    ).one_or_none()
    if head is None:
        connection.execute(insert(tables.audit_head).values(id=1, sequence=0, entry_hash=_START))
        return 0, _START
    return head.sequence, head.entry_hash


def _hash(row: dict[str, object]) -> str:
    facts = [row[name] for name in ("sequence", "actor", "action", "subject", "details")]
    return sha256_hex(canonical_json([*facts, row["at"].isoformat(), row["previous_hash"]]))
