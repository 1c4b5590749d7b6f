"""Operational alerts: what the platform's people must know, and finance need not.

Belongs here: writing an alert where the platform's log collector finds it.
Does not: financial exceptions (controls.exceptions), or noticing a failure (defs.automation).
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from core.home import Home
from core.spans import format_instant

FILE_NAME = "platform.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something of the platform that failed.

    Attributes:
        at: when, in UTC.
        kind: what kind of failure, such as run_failed.
        subject: what failed.
        run_id: the run it happened in.
        sentence: what it said.
    """

    at: datetime
    kind: str
    subject: str
    run_id: str
    sentence: str


def alert_file(home: Home) -> Path:
    """Return the file of a home's operational alerts: one JSON object a line, only appended to."""
    return home.path / "alerts" / FILE_NAME


def raise_alert(home: Home, alert: Alert) -> None:
    """Append an alert to the platform's channel."""
    path = alert_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(alert) | {"at": format_instant(alert.at)}, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
