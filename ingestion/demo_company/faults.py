"""What is wrong with the demo company on purpose, each fault with its label.

Belongs here: breaking events and usage rows, and saying what was broken.
Does not: faults of the contract book itself (a product without an account, a customer without a
cross-reference): those are agreed so in `book/contracts.yaml` and only labelled in
`book/faults.yaml`.
"""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from ingestion.demo_company.contract_book import BOOK
from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.generated_book import LARGEST_LINE
from ingestion.demo_company.usage import UsageRecord

_RESENT_AT = datetime(2026, 3, 4, 9)  # noqa: DTZ001  # instants are stored as naive UTC
_RESENT_FILE = "billing/resent.jsonl"
_UNKNOWN_SUBJECT = "tenant-zephyr"
_LATE_QUANTITY = 12_000

_Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class LateUsage:
    """Use of a line in a month that arrives when the month is closed, and where it is booked.

    Attributes:
        billed_with: the day of the arrival that brings its invoice, when that is a later one:
            until then the month's invoice is lower than its charge.
    """

    contract_line_id: str
    month: date
    received_at: datetime
    accounting_period: str
    billed_with: str = ""

    @property
    def charge(self) -> str:
        """How the exception queue names the charge of the month (both lines are in USD)."""
        contract_id = self.contract_line_id.rpartition("-")[0]
        return f"{contract_id}|{self.contract_line_id}|{self.month:%Y-%m}|USD"

    @property
    def exception(self) -> str:
        """How the exception queue names it (both lines are of NW-US)."""
        line, month = self.charge.removesuffix("|USD").rsplit("|", maxsplit=1)
        return f"{line}|NW-US|USD|{month}|{self.accounting_period}"


LATE_USAGE = (
    LateUsage(
        contract_line_id="CT-1001-2",
        month=date(2026, 1, 1),
        received_at=datetime(2026, 3, 2, 7),  # noqa: DTZ001
        accounting_period="2026-02",
    ),
    LateUsage(
        contract_line_id=LARGEST_LINE,
        month=date(2025, 12, 1),
        received_at=datetime(2026, 1, 20, 7),  # noqa: DTZ001
        accounting_period="2026-01",
        billed_with="2026-03-01",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The label of one fault.

    Attributes:
        fault: what it is, in words.
        code: the code it is found under.
        subject: the event, usage record, file or customer that carries it.
        exception: how the exception queue names it; empty when it is no exception.
        where: the file that brings it.
        opens: the day of the arrival that makes it visible.
        heals: the day of the arrival that resolves it; empty when somebody has to.
    """

    fault: str
    code: str
    subject: str
    exception: str
    where: str
    opens: str
    heals: str


def break_events(events: Sequence[LandedEvent]) -> list[LandedEvent]:
    """Return the events, some of them broken, some followed by a second delivery."""
    result = []
    for event in events:
        event_id = event.envelope["id"]
        result.append(_changed(event, _BREAKS[event_id]) if event_id in _BREAKS else event)
        if event_id in _SENT_AGAIN:
            result.append(_changed(_resent(event), _SENT_AGAIN[event_id]))
    return result


def late_usage(late: LateUsage, records: Sequence[UsageRecord]) -> list[UsageRecord]:
    """Return more use of a line that arrives when the month is closed.

    Args:
        late: which line and month.
        records: what the line used in that month.
    """
    return [
        replace(
            record,
            event_id=record.event_id.replace("use-", "use-late-"),
            received_at=late.received_at,
            quantity=_LATE_QUANTITY + record.quantity,
        )
        for record in records[:3]
    ]


def unknown_usage(records: Sequence[UsageRecord]) -> list[UsageRecord]:
    """Return usage of somebody whom no cross-reference names."""
    return [
        replace(
            record,
            event_id=record.event_id.replace(record.contract_line_id, _UNKNOWN_SUBJECT),
            subject=_UNKNOWN_SUBJECT,
            contract_line_id="",
        )
        for record in records[:5]
    ]


def conflicting_row(record: UsageRecord) -> UsageRecord:
    """Return a row whose id was used before, with another quantity."""
    return replace(record, quantity=record.quantity * 10, received_at=_RESENT_AT)


def event_labels(files: Mapping[str, str]) -> list[Fault]:
    """Return the labels of all faults but those among usage rows.

    Args:
        files: the file that brings an event, by the event's id; the last one when it comes twice.
    """
    rows = yaml.safe_load((BOOK / "faults.yaml").read_text(encoding="utf-8"))
    return [
        Fault(
            fault=row["fault"],
            code=row["code"],
            subject=row.get("subject", row["event"]),
            exception=row.get("exception", ""),
            where=row.get("file", files[row["event"]]),
            opens=str(row.get("opens", _arrival_day(files[row["event"]]))),
            heals=str(row.get("heals", "")),
        )
        for row in rows
    ]


def usage_labels(
    *,
    duplicate_file: str,
    duplicated: Sequence[tuple[UsageRecord, str]],
    conflict: tuple[UsageRecord, str],
    unknown: tuple[UsageRecord, str],
    came_late: Sequence[tuple[LateUsage, UsageRecord, str]],
) -> list[Fault]:
    """Return the labels of faults among usage rows, each given with the file that brings it."""
    return [
        usage_label(
            "duplicate file",
            "DUPLICATE",
            duplicate_file.rsplit("/", maxsplit=1)[-1],
            duplicate_file,
        ),
        *(
            usage_label("duplicate row", "DUPLICATE", record.event_id, file)
            for record, file in duplicated
        ),
        usage_label(
            "another quantity under the same id",
            "DUPLICATE_KEY_DIFFERENT_BODY",
            conflict[0].event_id,
            conflict[1],
            exception=f"metering:{conflict[0].event_id}",
        ),
        usage_label(
            "usage of an unknown customer",
            "CUSTOMER_UNKNOWN",
            unknown[0].subject,
            unknown[1],
            exception=f"metering|{unknown[0].subject}|{unknown[0].meter_code}",
        ),
        *(
            usage_label(
                "late usage of a closed month",
                "LATE_USAGE_CLOSED_PERIOD",
                record.event_id,
                file,
                exception=late.exception,
            )
            for late, record, file in came_late
        ),
        *(
            usage_label(
                "late usage not billed yet",
                "CHARGE_BILLING_BREAK",
                record.event_id,
                file,
                exception=late.charge,
                heals=late.billed_with,
            )
            for late, record, file in came_late
            if late.billed_with
        ),
    ]


def usage_label(
    fault: str, code: str, subject: str, where: str, *, exception: str = "", heals: str = ""
) -> Fault:
    """Return the label of a fault among usage rows, which shows with the file that brings it."""
    return Fault(
        fault=fault,
        code=code,
        subject=subject,
        exception=exception,
        where=where,
        opens=_arrival_day(where),
        heals=heals,
    )


def _arrival_day(file: str) -> str:
    """Return the day of an arrival, which its folder is named by."""
    return Path(file).parts[1]


def _changed(event: LandedEvent, change: _Change) -> LandedEvent:
    """Return a copy of an event with its data changed."""
    result = copy.deepcopy(event)
    change(result.envelope["data"])
    return result


def _resent(event: LandedEvent) -> LandedEvent:
    """Return the event as an at-least-once sender delivers it again: only its arrival differs."""
    envelope = json.loads(json.dumps(event.envelope))
    envelope["received_at"] = f"{(_RESENT_AT + timedelta(seconds=5)).isoformat()}Z"
    return LandedEvent(sent_at=_RESENT_AT, file=_RESENT_FILE, envelope=envelope)


def _add(field: str, more: int) -> _Change:
    def change(data: dict[str, Any]) -> None:
        data[field] = str(Decimal(data[field]) + more)

    return change


def _replace(field: str, value: str) -> _Change:
    def change(data: dict[str, Any]) -> None:
        data[field] = value

    return change


def _drop(field: str) -> _Change:
    def change(data: dict[str, Any]) -> None:
        del data[field]

    return change


def _in_lines(change: _Change) -> _Change:
    def change_lines(data: dict[str, Any]) -> None:
        for line in data["lines"]:
            change(line)

    return change_lines


def _twice(field: str) -> _Change:
    def change(data: dict[str, Any]) -> None:
        data[field] = str(Decimal(data[field]) * 2)

    return change


def _both(*changes: _Change) -> _Change:
    def change_all(data: dict[str, Any]) -> None:
        for change in changes:
            change(data)

    return change_all


def _nothing(_: dict[str, Any]) -> None:
    """Leave the data as it is."""


_BREAKS = {
    "bil-INV-2008-01": _add("total_amount", 10),
    "bil-INV-2009-01": _in_lines(_replace("tax_code", "DE-91")),
    "bil-INV-1014-01": _replace("currency", "EUR"),
    "bil-INV-1015-01": _in_lines(_drop("tax_code")),
    "bil-INV-3003-01": _both(_twice("total_amount"), _in_lines(_twice("net_amount"))),
    "crm-CT-1016-AM-1016-A": _drop("effective_date"),
    "bil-CM-1019-A": _in_lines(_replace("basis", "modification")),
}
_SENT_AGAIN = {
    "bil-INV-1002-01": _nothing,
    "bil-PAY-1003-01": _add("amount", 1),
}
