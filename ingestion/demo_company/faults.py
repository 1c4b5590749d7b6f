"""What is wrong with the demo company on purpose, each fault with its label.

Belongs here: breaking events and usage rows, and saying what was broken.
Does not: faults of the contract book itself (a product without an account, a customer without a
cross-reference): those are agreed so in `book/contracts.yaml` and only labelled here.
"""

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.usage import UsageRecord

LATE_RECEIVED_AT = datetime(2026, 3, 2, 7)  # noqa: DTZ001  # instants are stored as naive UTC
_RESENT_AT = datetime(2026, 3, 4, 9)  # noqa: DTZ001
_UNMAPPED_CONTRACT = "CT-1011"
_UNKNOWN_CONTRACT = "CT-9001"
_WRONG_TOTAL = "INV-2008-01"
_WRONG_TAX_CODE = "INV-2009-01"
_DUPLICATE_INVOICE = "INV-1002-01"
_CONFLICTING_PAYMENT = "PAY-1003-01"
_LATE_LINE = "CT-1001-2"
_UNKNOWN_SUBJECT = "tenant-zephyr"
_DUPLICATE_ROWS = 12


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The label of one fault: what it is, the code it is found under, whose it is, where."""

    fault: str
    code: str
    subject: str
    where: str


def late_usage(records: Sequence[UsageRecord]) -> list[UsageRecord]:
    """Return January usage that arrives in March, when January is closed."""
    models = [r for r in records if r.contract_line_id == _LATE_LINE and r.usage_date.month == 1]
    return [
        replace(
            model,
            event_id=model.event_id.replace("use-", "use-late-"),
            received_at=LATE_RECEIVED_AT,
            quantity=Decimal(12_000) + model.quantity,
        )
        for model in models[:3]
    ]


def unknown_usage(records: Sequence[UsageRecord]) -> list[UsageRecord]:
    """Return usage of somebody whom no cross-reference names."""
    models = [r for r in records if r.contract_line_id == _LATE_LINE and r.usage_date.month > 1]
    return [
        replace(
            model,
            event_id=model.event_id.replace(_LATE_LINE, _UNKNOWN_SUBJECT),
            subject=_UNKNOWN_SUBJECT,
            contract_line_id="",
        )
        for model in models[:5]
    ]


def duplicate_rows(records: Sequence[UsageRecord]) -> list[UsageRecord]:
    """Return rows that are delivered a second time within one file."""
    return list(records[:_DUPLICATE_ROWS])


def conflicting_row(records: Sequence[UsageRecord]) -> UsageRecord:
    """Return a row whose id was used before, with another quantity."""
    model = records[0]
    return replace(model, quantity=model.quantity * 10, received_at=LATE_RECEIVED_AT)


def break_events(events: Sequence[LandedEvent]) -> list[LandedEvent]:
    """Return the events with a wrong total, a wrong tax code, a duplicate and a conflict."""
    result = []
    for event in events:
        subject = event.envelope["subject"]
        result.append(event)
        if subject == _WRONG_TOTAL:
            broken = copy.deepcopy(event)
            data = broken.envelope["data"]
            data["total_amount"] = str(Decimal(data["total_amount"]) + 10)
            result[-1] = broken
        if subject == _WRONG_TAX_CODE:
            broken = copy.deepcopy(event)
            for line in broken.envelope["data"]["lines"]:
                line["tax_code"] = "DE-91"
            result[-1] = broken
        if subject == _DUPLICATE_INVOICE:
            result.append(_resent(event))
        if subject == _CONFLICTING_PAYMENT:
            conflict = _resent(event)
            data = conflict.envelope["data"]
            data["amount"] = str(Decimal(data["amount"]) + 1)
            result.append(conflict)
    return result


def labels(
    *,
    duplicate_file: str,
    duplicated: Sequence[UsageRecord],
    conflict: UsageRecord,
    conflict_file: str,
    late: Sequence[UsageRecord],
    late_file: str,
    usage_file: str,
) -> list[Fault]:
    """Return the label of every fault, in the order of the stations that find them."""
    return [
        Fault(
            fault="duplicate event",
            code="DUPLICATE",
            subject=f"bil-{_DUPLICATE_INVOICE}",
            where="landing/2026-03-10/billing/resent.jsonl",
        ),
        Fault(
            fault="duplicate file",
            code="DUPLICATE",
            subject=duplicate_file.rsplit("/", 1)[-1],
            where=duplicate_file,
        ),
        *(
            Fault(fault="duplicate row", code="DUPLICATE", subject=r.event_id, where=usage_file)
            for r in duplicated
        ),
        Fault(
            fault="conflict: another amount under the same id",
            code="DUPLICATE_KEY_DIFFERENT_BODY",
            subject=f"bil-{_CONFLICTING_PAYMENT}",
            where="landing/2026-03-10/billing/resent.jsonl",
        ),
        Fault(
            fault="conflict: another quantity under the same id",
            code="DUPLICATE_KEY_DIFFERENT_BODY",
            subject=conflict.event_id,
            where=conflict_file,
        ),
        *(
            Fault(
                fault="late usage of a closed month",
                code="LATE_USAGE_CLOSED_PERIOD",
                subject=record.event_id,
                where=late_file,
            )
            for record in late
        ),
        Fault(
            fault="usage of an unknown customer",
            code="CUSTOMER_UNKNOWN",
            subject=_UNKNOWN_SUBJECT,
            where="landing/2026-03-01/usage",
        ),
        Fault(
            fault="contract of an unknown customer",
            code="CUSTOMER_UNKNOWN",
            subject=_UNKNOWN_CONTRACT,
            where="landing/2026-03-01/crm/subscriptions.jsonl",
        ),
        Fault(
            fault="invoice of an unknown customer",
            code="CUSTOMER_UNKNOWN",
            subject=_UNKNOWN_CONTRACT.replace("CT-", "INV-") + "-01",
            where="landing/2026-03-01/billing/invoices.jsonl.gz",
        ),
        Fault(
            fault="product without an account",
            code="GL_MAPPING_MISSING",
            subject=_UNMAPPED_CONTRACT,
            where="reference/gl_mappings.csv",
        ),
        Fault(
            fault="invoice total is not the sum of its lines",
            code="DOCUMENT_TOTAL_MISMATCH",
            subject=_WRONG_TOTAL,
            where="landing/2026-03-01/billing/invoices.jsonl.gz",
        ),
        Fault(
            fault="unknown tax code",
            code="TAX_CODE_UNKNOWN",
            subject=_WRONG_TAX_CODE,
            where="landing/2026-03-01/billing/invoices.jsonl.gz",
        ),
    ]


def _resent(event: LandedEvent) -> LandedEvent:
    """Return the event as an at-least-once sender delivers it again: only its arrival differs."""
    envelope = json.loads(json.dumps(event.envelope))
    envelope["received_at"] = f"{(_RESENT_AT + timedelta(seconds=5)).isoformat()}Z"
    return LandedEvent(sent_at=_RESENT_AT, file="billing/resent.jsonl", envelope=envelope)
