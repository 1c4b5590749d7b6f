"""Business events: JSON lines in the CloudEvents envelope, judged one by one with Pydantic.

Belongs here: lines to canonical events, personal fields set apart, the reason of a refusal.
Does not: usage, which comes by the million (usage_rows).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.canonical import canonical_json, sha256_hex
from core.spans import format_instant
from ingestion.contracts.customers import PERSONAL_FIELDS
from ingestion.contracts.envelope import Envelope
from ingestion.contracts.registry import Refusal, latest_data, require_sender
from ingestion.quarantine import Reason, Refused

KINDS = ("jsonl", "ndjson", "json")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalEvent:
    """One business event as it goes into the raw store."""

    line: int
    source: str
    event_id: str
    event_type: str
    schema_version: int
    subject: str | None
    occurred_at: datetime
    received_at: datetime | None
    correlation_id: str | None
    causation_id: str | None
    data: str
    body_hash: str
    subject_id: str | None  # whose personal fields came along
    personal: dict[str, str]


def read_events(path: Path, sender: str) -> Iterator[CanonicalEvent | Refused]:
    """Read every line that is not blank, as an event or a refusal.

    Args:
        path: The file.
        sender: The source of company.yaml whose file it is.
    """
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            line = (raw.removeprefix(_BOM) if number == 1 else raw).strip()
            if line:
                yield _read_line(number, line, sender)


def _read_line(number: int, line: bytes, sender: str) -> CanonicalEvent | Refused:
    event_id = None
    try:
        document = _parse(line)
        identity = document.get("id")
        event_id = str(identity) if isinstance(identity, str | int) else None
        return _event(number, document, sender)
    except Refusal as refusal:
        return Refused(
            line=number,
            event_id=event_id,
            reason=refusal.reason,
            sentence=refusal.sentence,
            raw_text=line.decode(errors="replace"),
        )


def _parse(line: bytes) -> dict[str, Any]:
    """Read JSON without ever making a float: decimals stay the text they were."""
    try:
        document = json.loads(line, parse_float=str, parse_constant=_no_constant)
        canonical_json(document).encode()  # what cannot be written as UTF-8 cannot be kept
    except (ValueError, RecursionError) as error:
        raise Refusal(
            Reason.MALFORMED_ROW,
            f"The line is not JSON ({error}). Have the source send it again.",
        ) from None
    if not isinstance(document, dict):
        raise Refusal(
            Reason.MALFORMED_ROW,
            "The line is JSON but no event: it must be an object with id, source, type and data.",
        )
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _event(number: int, document: dict[str, Any], sender: str) -> CanonicalEvent:
    try:
        envelope = Envelope.model_validate(document)
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors()
        )
        raise Refusal(
            Reason.MALFORMED_ROW,
            f"The envelope of the event is broken: {found}. Have the source send it again.",
        ) from None
    version, data = latest_data(envelope.type, envelope.dataschema, envelope.data)
    require_sender(envelope.type, envelope.source, sender)
    personal = {}
    if envelope.type == "customer.updated":
        personal = {name: str(data.pop(name)) for name in PERSONAL_FIELDS if name in data}
    body = {
        "type": envelope.type,
        "subject": envelope.subject,
        "time": format_instant(envelope.time),
        "correlationid": envelope.correlationid,
        "causationid": envelope.causationid,
        "data": data,
    }
    extensions = {"extensions": envelope.model_extra} if envelope.model_extra else {}
    return CanonicalEvent(
        line=number,
        source=envelope.source,
        event_id=envelope.id,
        event_type=envelope.type,
        schema_version=version,
        subject=envelope.subject,
        occurred_at=envelope.time,
        received_at=envelope.received_at,
        correlation_id=envelope.correlationid,
        causation_id=envelope.causationid,
        data=canonical_json(data | extensions),
        body_hash=sha256_hex(canonical_json(body)),
        subject_id=data["customer_id"] if personal else None,
        personal=personal,
    )
