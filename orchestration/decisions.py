"""What people decide: approvals of documents and changes, and voids.

Belongs here: finding out which kind of subject is meant; the rows that wait.
Does not: the rules of approving and voiding (posting).
"""

from datetime import datetime
from typing import Any

from core.home import Home
from core.money import format_amount
from orchestration.erps import connectors
from orchestration.workplace import Workplace
from posting import approvals, changes, exports, ledger, voiding


def waiting(home: Home) -> list[dict[str, Any]]:
    """Return documents and changes that wait for a person."""
    ledger.ledger_files(home)  # says so when this is no home
    documents = [
        {
            "kind": "document",
            "subject": document.document_key,
            "amount": format_amount(document.total_minor, document.currency),
            "prepared_by": document.prepared_by,
            "sentence": f"{document.entry_type} of {document.legal_entity_code} in"
            f" {document.accounting_period} is above the approval limit.",
        }
        for document in approvals.pending_documents(home)
    ]
    changed = [
        {
            "kind": "change",
            "subject": change.subject_key,
            "amount": format_amount(change.amount_minor or 0, change.currency)
            if change.currency
            else None,
            "prepared_by": None,
            "sentence": change.sentence,
        }
        for change in changes.pending(home)
    ]
    return documents + changed


def approve(home: Home, subject: str, *, by: str, reason: str, now: datetime) -> str:
    """Approve a change when one waits under this subject, else the document of this key."""
    if any(change.subject_key == subject for change in changes.pending(home)):
        changes.approve(home, subject, by=by, reason=reason, now=now)
        said = f"{subject}: the change is approved by {by}. The next run posts it."
    else:
        approvals.approve_document(home, subject, by=by, reason=reason, now=now)
        said = f"Document {subject} is approved by {by}. The next run delivers it."
    exports.export_control(home)
    return said


def void(work: Workplace, document_key: str, *, by: str, reason: str) -> str:
    """Void a document that is proven absent from its ERP."""
    voiding.void_document(
        work.home,
        connectors(work.company, work.home),
        document_key,
        by=by,
        reason=reason,
        now=work.clock(),
    )
    exports.export_control(work.home)
    return (
        f"Document {document_key} is void. What it held comes back with the next run,"
        " as the next revision."
    )
