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

import duckdb

from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.usage import UsageRecord

_LANDED_USAGE = """
create table landed_usage as
select
    usage_records.*,
    arrivals.folder || '/usage/' || case
        when coalesce(supersedes, cancels) is not null
            then 'corrections-' || cast(cast(received_at as date) as varchar) || '.jsonl'
        when received_at > occurred_at + interval 1 day
            then 'usage-late-' || cast(cast(received_at as date) as varchar) || '.jsonl'
        else
            'usage-' || cast(cast(date_trunc('week', usage_date) as date) as varchar) || '.'
            || ['csv', 'jsonl.gz', 'parquet'][
                1 + date_diff('week', date '2024-01-01', usage_date) % 3
            ]
    end as file
from usage_records
asof left join arrivals on usage_records.received_at < arrivals.arrived_at
"""
_PARQUET_COLUMNS = """
select
    'metering' as source, event_id as id, subject, occurred_at as time, received_at,
    meter_code as meter, quantity
"""
_TEXT_COLUMNS = """
select
    'metering' as source, event_id as id, subject,
    strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ') as time,
    strftime(received_at, '%Y-%m-%dT%H:%M:%SZ') as received_at,
    meter_code as meter,
    rtrim(rtrim(cast(quantity as varchar), '0'), '.') as quantity
"""
_CORRECTION_COLUMNS = ", supersedes, cancels, correction_reason"
_COPY_OPTIONS = {
    ".csv": "format csv, header",
    ".jsonl": "format json",
    ".jsonl.gz": "format json, compression gzip",
    ".parquet": "format parquet",
}


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


def write_events(
    arrivals: Sequence[tuple[Path, datetime]], events: Sequence[LandedEvent]
) -> dict[str, Path]:
    """Put each event into the file of the first arrival after it was sent.

    Returns:
        The file of each event by the event's id; the last one when it comes twice.
    """
    files: dict[Path, list[LandedEvent]] = {}
    for event in events:
        folder = next(folder for folder, at in arrivals if event.sent_at < at)
        files.setdefault(folder / event.file, []).append(event)
    for path, content in files.items():
        content.sort(key=lambda event: (event.sent_at, event.envelope["id"]))
        write_json_lines(path, [event.envelope for event in content])
    return {
        event.envelope["id"]: path for path, content in sorted(files.items()) for event in content
    }


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_usage(
    usage: duckdb.DuckDBPyConnection, out: Path, arrivals: Sequence[tuple[Path, datetime]]
) -> None:
    """Write `usage_records` as one file for each week and arrival; late rows and corrections apart.

    Args:
        usage: gets the table `landed_usage`, which names the file that brings each record.
        out: the company folder.
        arrivals: folder, and the instant before which everything in it was received.
    """
    usage.execute("create table arrivals (folder varchar, arrived_at timestamp)")
    usage.executemany(
        "insert into arrivals values (?, ?)",
        [(folder.relative_to(out).as_posix(), at) for folder, at in arrivals],
    )
    usage.execute(_LANDED_USAGE)
    for (file,) in usage.execute("select distinct file from landed_usage order by 1").fetchall():
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        suffix = "".join(Path(file).suffixes)
        columns = _PARQUET_COLUMNS if suffix == ".parquet" else _TEXT_COLUMNS
        if Path(file).name.startswith("corrections-"):
            columns += _CORRECTION_COLUMNS
        usage.execute(
            f"""
            copy (
                {columns}
                from landed_usage where file = '{file}' order by occurred_at, event_id, quantity
            ) to '{out / file}' ({_COPY_OPTIONS[suffix]})
            """
        )


def file_of(usage: duckdb.DuckDBPyConnection, record: UsageRecord) -> str:
    """Return the file, below the company folder, that brings a record that was written."""
    row = usage.execute(
        "select min(file) from landed_usage where event_id = ? and received_at = ?",
        [record.event_id, record.received_at],
    ).fetchone()
    if row is None or row[0] is None:
        raise ValueError(f"{record.event_id} is in no file.")
    return row[0]
