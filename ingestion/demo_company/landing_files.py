"""Landed files, the same bytes on every machine.

Belongs here: JSON lines (gzip too), CSV and Parquet of events and usage records.
Does not: which events or records a file holds (company_folder.py and
usage_company.py).
"""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.usage import UsageRecord

USAGE_COLUMNS = ("source", "id", "subject", "time", "received_at", "meter", "quantity")
_QUANTITY = pa.decimal128(17, 6)


def write_json_lines(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write one JSON object per line; a name that ends in .gz is compressed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    if path.suffix == ".gz":
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as file:
            file.write(text)
        text = buffer.getvalue()
    path.write_bytes(text)


def write_events(arrivals: Sequence[tuple[Path, datetime]], events: Sequence[LandedEvent]) -> None:
    """Put each event into the file of the first arrival after it was sent."""
    files: dict[Path, list[LandedEvent]] = {}
    for event in events:
        folder = next(folder for folder, at in arrivals if event.sent_at < at)
        files.setdefault(folder / event.file, []).append(event)
    for path, content in files.items():
        content.sort(key=lambda event: (event.sent_at, event.envelope["id"]))
        write_json_lines(path, [event.envelope for event in content])


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_usage(path: Path, records: Sequence[UsageRecord]) -> None:
    """Write usage records in the format that the file's name asks for."""
    rows = [_row(record) for record in records]
    if path.suffix == ".parquet":
        _write_usage_parquet(path, records)
    elif path.suffix == ".csv":
        write_csv(path, USAGE_COLUMNS, [tuple(row.values()) for row in rows])
    else:
        write_json_lines(path, rows)


def _row(record: UsageRecord) -> dict[str, str]:
    return {
        "source": "metering",
        "id": record.event_id,
        "subject": record.subject,
        "time": f"{record.occurred_at.isoformat()}Z",
        "received_at": f"{record.received_at.isoformat()}Z",
        "meter": record.meter_code,
        "quantity": str(record.quantity),
    }


def _write_usage_parquet(path: Path, records: Sequence[UsageRecord]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "source": pa.array(["metering"] * len(records), pa.string()),
            "id": pa.array([record.event_id for record in records], pa.string()),
            "subject": pa.array([record.subject for record in records], pa.string()),
            "time": pa.array([record.occurred_at for record in records], pa.timestamp("us")),
            "received_at": pa.array([record.received_at for record in records], pa.timestamp("us")),
            "meter": pa.array([record.meter_code for record in records], pa.string()),
            "quantity": pa.array([record.quantity for record in records], _QUANTITY),
        }
    )
    pq.write_table(table, path)
