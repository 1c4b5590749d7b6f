"""The envelope of the events that Northwind's systems send (CloudEvents 1.0).

Belongs here: the fields around an event's data, ids and texts that every event shares.
Does not: the data of an event (crm_events.py and billing_events.py).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ingestion.demo_company.contract_book import Contract

_RECEIVED_AFTER = timedelta(seconds=45)


@dataclass(frozen=True, kw_only=True)
class LandedEvent:
    """An event, when it was sent (UTC) and the file that brings it."""

    sent_at: datetime
    file: str
    envelope: dict[str, Any]


def event(
    *,
    source: str,
    event_type: str,
    event_id: str,
    subject: str,
    sent_at: datetime,
    correlation_id: str,
    file: str,
    data: dict[str, Any],
    causation_id: str | None = None,
    version: int = 1,
) -> LandedEvent:
    """Put data into the envelope of an event that lands in a file."""
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": event_type,
        "subject": subject,
        "time": f"{sent_at.isoformat()}Z",
        "dataschema": f"tieout:{event_type}:{version}",
        "correlationid": correlation_id,
        "causationid": causation_id,
        "received_at": f"{(sent_at + _RECEIVED_AFTER).isoformat()}Z",
        "data": data,
    }
    return LandedEvent(
        sent_at=sent_at,
        file=file,
        envelope={name: value for name, value in envelope.items() if value is not None},
    )


def order_id(contract: Contract) -> str:
    """Return the order that began the business transaction: its id goes through all systems."""
    return contract.contract_id.replace("CT", "ORD")


def day_text(day: date) -> str:
    """Write a day the way events carry it."""
    return day.isoformat()
