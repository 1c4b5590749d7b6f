"""Usage that the metering system counted wrong and set right, and a correction that went astray.

All rows come on one day: after February's use was counted and before it is billed, and when the
administrator has closed January by the time they land.

Belongs here: which records were sent wrong first, the rows that correct them, their labels.
Does not: other faults among usage rows (faults), how much was used (usage).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

import duckdb

from ingestion.demo_company.faults import Fault, LateUsage, usage_label
from ingestion.demo_company.usage import (
    UsageRecord,
    add_records,
    records_of,
    send_another_quantity,
)

_SENT_AT = datetime(2026, 3, 2, 8)  # noqa: DTZ001  # instants are stored as naive UTC
_FEBRUARY = date(2026, 2, 1)
_MISCOUNTED_LINE = "CT-1006-2"
_COUNTED_TWICE_LINE = "CT-2004-1"
_CLOSED = LateUsage(
    contract_line_id="CT-1005-2",
    month=date(2026, 1, 1),
    received_at=_SENT_AT,
    accounting_period="2026-02",
)
_TIMES_COUNTED = 10


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A row that corrects an earlier one, and what to find of it.

    Attributes:
        row: what the metering system sends.
        fault: what was wrong, in words.
        code: the code it is found under.
        exception: how the exception queue names it; empty when it heals what was wrong.
    """

    row: UsageRecord
    fault: str
    code: str
    exception: str = ""

    def label(self, file: str) -> Fault:
        """Return its label, given the file that brings it."""
        return usage_label(self.fault, self.code, self.row.event_id, file, exception=self.exception)


def add_corrections(usage: duckdb.DuckDBPyConnection) -> list[Correction]:
    """Let three records be wrong when they are first sent, and add the rows about them.

    What was used stays what it was: one record is sent ten times too large, one ten times too
    small, one is sent under two ids.

    Args:
        usage: with the records of the contract book.
    """
    miscounted = records_of(usage, _MISCOUNTED_LINE, _FEBRUARY)[0]
    closed = records_of(usage, _CLOSED.contract_line_id, _CLOSED.month)[0]
    counted_twice, other = records_of(usage, _COUNTED_TWICE_LINE, _FEBRUARY)[:2]
    again = replace(counted_twice, event_id=f"{counted_twice.event_id}-again")
    corrections = [
        Correction(
            row=_replacement(miscounted, "retries were counted"),
            fault="usage miscounted, set right before its invoice",
            code="USAGE_SUPERSEDED",
        ),
        Correction(
            row=_cancellation(again, "counted by two collectors"),
            fault="usage counted twice, cancelled before its invoice",
            code="USAGE_CANCELLED",
        ),
        Correction(
            row=_replacement(closed, "counted in tens"),
            fault="usage of a closed month set right",
            code="LATE_USAGE_CLOSED_PERIOD",
            exception=_CLOSED.exception,
        ),
    ]
    astray = _cancellation(replace(other, event_id=f"{other.event_id}-again"), "")
    corrections.append(
        Correction(
            row=astray,
            fault="cancellation of usage that nobody sent",
            code="USAGE_CORRECTION_WAITS",
            exception=f"metering:{astray.event_id}",
        )
    )
    send_another_quantity(usage, miscounted, miscounted.quantity * _TIMES_COUNTED)
    send_another_quantity(usage, closed, closed.quantity // _TIMES_COUNTED)
    add_records(usage, [again, *(correction.row for correction in corrections)])
    return corrections


def _replacement(record: UsageRecord, reason: str) -> UsageRecord:
    return replace(
        record,
        event_id=f"fix-{record.event_id}",
        received_at=_SENT_AT,
        supersedes=record.event_id,
        correction_reason=reason,
    )


def _cancellation(record: UsageRecord, reason: str) -> UsageRecord:
    return replace(
        record,
        event_id=f"drop-{record.event_id}",
        occurred_at=_SENT_AT,
        received_at=_SENT_AT,
        cancels=record.event_id,
        correction_reason=reason or None,
    )
