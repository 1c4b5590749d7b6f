"""Replay: rows of the quarantine are read again by decision of a person, as they came or corrected.

A replayed row keeps its place: the file and the line it came on. The identity index judges it like
any other, so what was accepted meanwhile is a duplicate and nothing counts twice. What is refused
again is in the quarantine again.

Belongs here: which rows are open, reading chosen ones again, what became of each.
Does not: judging rows (sources, identities), or the audit log (orchestration writes it).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import duckdb
import pyarrow as pa

from core.canonical import file_sha256, sha256_hex
from core.errors import TieoutError
from core.files import exclusive_lock
from core.home import Home
from ingestion import landing, manifest, raw_store
from ingestion.company import Company
from ingestion.ordinals import first_ordinal
from ingestion.sources.landed_files import LandedFile
from ingestion.staging import staged

_KEY_LENGTH = 12
_WHOLE_FILE = 0  # the line of a file of which nothing could be read
_OPEN = """
    select manifest_number, source, landed_path, landed_line, event_id, reason_code, sentence,
        raw_text, known_at
    from raw.quarantine
    anti join raw.replays
        on quarantine.manifest_number = replays.quarantined_number
        and quarantine.landed_path = replays.landed_path
        and quarantine.landed_line = replays.landed_line
    order by known_at, landed_path, landed_line
"""


class ReplayError(TieoutError):
    """Rows cannot be replayed as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow:
    """One row that was not accepted and has not been replayed since."""

    manifest_number: int
    source: str | None
    landed_path: str
    landed_line: int
    event_id: str | None
    reason_code: str
    sentence: str
    raw_text: str
    known_at: datetime

    @property
    def key(self) -> str:
        """Return what people call it by."""
        place = f"{self.manifest_number}|{self.landed_path}|{self.landed_line}"
        return sha256_hex(place)[:_KEY_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One row to read again: its own text, or what a person corrected it to."""

    row: QuarantinedRow
    text: str

    @property
    def is_corrected(self) -> bool:
        """Tell whether a person changed it."""
        return self.text != self.row.raw_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """What became of the rows, by their keys: accepted, duplicate or quarantined."""

    manifest_number: int
    outcomes: dict[str, str]


def open_rows(home: Home) -> list[QuarantinedRow]:
    """Return every row of the quarantine that has not been replayed."""
    head = manifest.read_head(home).number
    with duckdb.connect() as connection:
        raw_store.register_views(connection, home, reference_head=head, events_head=head)
        cursor = connection.execute(_OPEN)
        names = [column[0] for column in cursor.description]
        return [QuarantinedRow(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def replay(
    company: Company, home: Home, chosen: Sequence[Replay], now: datetime, *, by: str, reason: str
) -> ReplayResult:
    """Read rows again with the company folder and the contracts of now; its own manifest entry.

    Raises:
        ReplayError: a row is not open (any more), its source is gone, or there is nothing to read.
    """
    with exclusive_lock(home.raw / ".ingest.lock"):
        raw_store.initialise(home)
        head = manifest.read_head(home)
        raw_store.sweep(home, head.number)
        _refuse_closed(home, chosen)
        work = raw_store.work_folder(home)
        work.mkdir(parents=True, exist_ok=True)
        groups: dict[tuple[str | None, str], list[Replay]] = {}
        for each in chosen:
            groups.setdefault((each.row.source, each.row.landed_path), []).append(each)
        files = [
            _file(company, rows, work / f"replay-{number}.jsonl")
            for number, rows in enumerate(groups.values())
        ]
        known_at = max(now, head.known_at) if head.known_at else now
        number = head.number + 1
        with staged(home, files, head.number, now) as (connection, counts):
            outcomes = _judge(connection, list(groups.values()))
            records = [
                {
                    "manifest_number": number,
                    "quarantined_number": each.row.manifest_number,
                    "source": each.row.source,
                    "landed_path": each.row.landed_path,
                    "landed_line": each.row.landed_line,
                    "is_corrected": each.is_corrected,
                    "replayed_text": each.text,
                    "outcome": outcomes[each.row.key],
                    "replayed_by": by,
                    "reason": reason,
                }
                for each in chosen
            ]
            connection.register("replays_done", pa.Table.from_pylist(records))
            written = landing.write_raw(connection, home, number, known_at)
            written += landing.write_replays(connection, home, number, known_at)
            rows = [landing.landing_row(count, entry_kind="replay") for count in counts]
            rows[0] = manifest.with_files(rows[0], home, written)
        committed = manifest.commit(home, head, known_at, rows)
    return ReplayResult(manifest_number=committed.number, outcomes=outcomes)


def _refuse_closed(home: Home, chosen: Sequence[Replay]) -> None:
    if not chosen:
        raise ReplayError("No row of the quarantine is named. List them: tieout quarantine.")
    known = {row.key for row in open_rows(home)}
    gone = [each.row.key for each in chosen if each.row.key not in known]
    if gone:
        raise ReplayError(
            f"{', '.join(gone)} is not in the quarantine, or was replayed already; nothing was"
            " read. List what is there: tieout quarantine."
        )
    empty = [each.row.key for each in chosen if not each.text.strip()]
    if empty:
        raise ReplayError(f"{', '.join(empty)} has no text to read.")


def _file(company: Company, rows: Sequence[Replay], target: Path) -> LandedFile:
    """Return a file with each row on the line it came on, or the landed file as a whole."""
    first = rows[0].row
    below_landing = PurePosixPath(*PurePosixPath(first.landed_path).parts[1:])
    owners = [source for source in company.sources.values() if source.owns(below_landing)]
    source = company.sources.get(first.source or "") or next(iter(owners), None)
    if source is None:
        raise ReplayError(
            f"No source of company.yaml claims {first.landed_path}. Add one, then replay."
        )
    path = target
    if first.landed_line == _WHOLE_FILE:
        path = company.folder / first.landed_path
        if not path.is_file():
            raise ReplayError(f"{first.landed_path} is not there any more: land it again.")
    else:
        lines = {each.row.landed_line: " ".join(each.text.splitlines()) for each in rows}
        text = "".join(f"{lines.get(n, '')}\n" for n in range(1, max(lines) + 1))
        target.write_text(text, encoding="utf-8")
    return LandedFile(
        path=path, landed_path=first.landed_path, source=source, sha256=file_sha256(path)
    )


def _judge(
    connection: duckdb.DuckDBPyConnection, groups: Sequence[Sequence[Replay]]
) -> dict[str, str]:
    """Return what became of each row."""
    refused = {
        row[0] for row in connection.execute("select ordinal from staged_refusals").fetchall()
    }
    again = {
        row[0]
        for row in connection.execute("select ordinal from verdicts where is_duplicate").fetchall()
    }
    outcomes = {}
    for number, rows in enumerate(groups):
        for each in rows:
            ordinal = first_ordinal(number) + each.row.landed_line
            if ordinal in refused:
                outcomes[each.row.key] = "quarantined"
            else:
                outcomes[each.row.key] = "duplicate" if ordinal in again else "accepted"
    return outcomes
