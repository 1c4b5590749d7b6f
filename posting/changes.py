"""Changes to booked periods that no event caused: previewed with money, approved by a person.

Belongs here: recording a preview, what waits, approving it, the versions last previewed.
Does not: computing a preview (orchestration builds it in the scratch warehouse).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from core.home import Home
from posting import audit_log, store, tables
from posting.approvals import refuse_same_person
from posting.audit_log import AuditEntry
from posting.errors import ApprovalError

PENDING = "pending"
APPROVED = "approved"
SUPERSEDED = "superseded"
_ACTOR = "tieout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What decides the books besides events."""

    code_version: str
    reference_version: str
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a change of code, reference data or policy would do to one contract or document."""

    subject_key: str
    amount_minor: int | None
    functional_amount_minor: int | None
    currency: str | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedChange:
    """A change, and what people decided about it."""

    subject_key: str
    status: str
    amount_minor: int | None
    functional_amount_minor: int | None
    currency: str | None
    sentence: str
    approved_by: str | None
    approval_reason: str | None


def record_preview(
    home: Home,
    versions: Versions,
    changes: Sequence[Change],
    *,
    now: datetime,
    previewed_by: str = _ACTOR,
) -> None:
    """Record what these versions would change; each subject waits until it is approved.

    An approval stands only for the versions and the money it was given for: another preview asks
    again, and what it no longer shows is superseded.
    """
    table = tables.changes
    with store.transaction(home) as connection:
        last = _last_preview(connection)
        is_same = last is not None and _versions(last) == versions
        number = last["number"] + 1 if last is not None else 1
        known = {row["subject_key"]: row for row in connection.execute(select(table)).mappings()}
        connection.execute(
            insert(tables.previews).values(
                number=number,
                code_version=versions.code_version,
                reference_version=versions.reference_version,
                policy_version=versions.policy_version,
                previewed_by=previewed_by,
                previewed_at=store.instant(now),
            )
        )
        connection.execute(
            update(table).where(table.c.status != SUPERSEDED).values(status=SUPERSEDED)
        )
        for change in sorted(changes, key=lambda change: change.subject_key):
            before = known.get(change.subject_key)
            stands = (
                is_same
                and before is not None
                and before["status"] == APPROVED
                and _money(before) == _money(_facts(change))
            )
            connection.execute(delete(table).where(table.c.subject_key == change.subject_key))
            connection.execute(
                insert(table).values(
                    **_facts(change),
                    preview_number=number,
                    status=APPROVED if stands else PENDING,
                    approved_by=before["approved_by"] if stands else None,
                    approval_reason=before["approval_reason"] if stands else None,
                )
            )
        entry = AuditEntry(
            action="changes_previewed",
            subject=f"preview {number}",
            details={
                "code_version": versions.code_version,
                "reference_version": versions.reference_version,
                "policy_version": versions.policy_version,
                "subjects": len(changes),
            },
        )
        audit_log.record(connection, [entry], at=now, actor=previewed_by)


def recorded(home: Home) -> list[RecordedChange]:
    """Return every change recorded, sorted by subject."""
    columns = list(RecordedChange.__dataclass_fields__)
    table = tables.changes
    with store.reading(home) as connection:
        rows = connection.execute(select(table).order_by(table.c.subject_key)).mappings().all()
    return [RecordedChange(**{name: row[name] for name in columns}) for row in rows]


def pending(home: Home) -> list[RecordedChange]:
    """Return the changes that wait for a person."""
    return [change for change in recorded(home) if change.status == PENDING]


def approve(home: Home, subject_key: str, *, by: str, reason: str, now: datetime) -> None:
    """Let the books of a subject follow the change.

    Raises:
        ApprovalError: nothing waits for this subject, or its maker is its checker.
    """
    table = tables.changes
    with store.transaction(home) as connection:
        row = connection.execute(
            select(table.c.status, tables.previews.c.previewed_by, table.c.amount_minor)
            .join(tables.previews, table.c.preview_number == tables.previews.c.number)
            .where(table.c.subject_key == subject_key)
        ).one_or_none()
        if row is None or row.status != PENDING:
            state = "not known" if row is None else row.status
            raise ApprovalError(
                f"No change of {subject_key} waits for approval (it is {state}). "
                "See `tieout status` for those that do."
            )
        refuse_same_person(subject_key, maker=row.previewed_by, checker=by)
        connection.execute(
            update(table)
            .where(table.c.subject_key == subject_key)
            .values(status=APPROVED, approved_by=by, approval_reason=reason)
        )
        entry = AuditEntry(
            action="change_approved",
            subject=subject_key,
            details={"reason": reason, "amount_minor": row.amount_minor},
        )
        audit_log.record(connection, [entry], at=now, actor=by)


def last_previewed_versions(home: Home) -> Versions | None:
    """Return the versions of the last preview, or nothing when there was none."""
    with store.reading(home) as connection:
        last = _last_preview(connection)
    return None if last is None else _versions(last)


def _last_preview(connection: Connection) -> dict | None:
    table = tables.previews
    row = connection.execute(select(table).order_by(table.c.number.desc()).limit(1)).mappings()
    found = row.one_or_none()
    return None if found is None else dict(found)


def _versions(row: dict) -> Versions:
    return Versions(**{name: row[name] for name in Versions.__dataclass_fields__})


def _facts(change: Change) -> dict:
    return {name: getattr(change, name) for name in Change.__dataclass_fields__}


def _money(row: dict) -> tuple:
    return (row["amount_minor"], row["functional_amount_minor"], row["currency"])
