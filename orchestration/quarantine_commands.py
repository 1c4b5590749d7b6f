"""What the commands about rows that were not accepted do once their options are read.

Belongs here: choosing rows, the audit log of a replay, printing.
Does not: options and help (cli_quarantine), or reading rows again (ingestion.replays).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.canonical import sha256_hex
from core.home import Home
from ingestion import replays
from ingestion.replays import QuarantinedRow, Replay, ReplayError
from orchestration import warehouse
from orchestration.commands import print_answer, print_json
from orchestration.settings import read_settings
from orchestration.workplace import Workplace
from posting import audit_log, ledger, store
from posting.audit_log import AuditEntry

_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows to replay: by key, by reason, or as a file has them corrected."""

    keys: tuple[str, ...]
    code: str | None
    corrected: Path | None


def show(
    company: Path | None,
    home: Path | None,
    code: str | None,
    source: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> int:
    """List open rows of the quarantine; write them to a file when one is named."""
    place = read_settings(company=company, home=home).home
    ledger.ledger_files(place)  # says so when this is no home
    rows = [
        row
        for row in replays.open_rows(place)
        if code in {None, row.reason_code} and source in {None, row.source}
    ]
    facts = [_facts(row) for row in rows]
    if out is not None:
        text = "".join(f"{json.dumps(each, default=str, sort_keys=True)}\n" for each in facts)
        out.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"rows": facts})
        return 0
    for row in rows:
        line = f" line {row.landed_line}" if row.landed_line else ""
        print_answer(f"{row.key}  {row.reason_code}  {row.landed_path}{line}: {row.sentence}")
    print_answer(f"{len(rows):,} rows" + (f", written to {out}" if out else ""))
    return 0


def replay(
    company: Path | None, home: Path | None, asked: Asked, *, by: str, reason: str, as_json: bool
) -> int:
    """Replay rows; 1 when any of them is refused again."""
    work = Workplace(settings=read_settings(company=company, home=home))
    if not by.strip() or not reason.strip():
        raise ReplayError("Say who replays, with --by, and why, with --reason.")
    ledger.ledger_files(work.home)
    work.claim_home()
    try:
        chosen = _chosen(replays.open_rows(work.home), asked)
        now = replay_instant(work)
        _log(work.home, "replay_asked", chosen, {"reason": reason}, by=by, now=now)
        result = replays.replay(work.company, work.home, chosen, now, by=by, reason=reason)
        facts = {"manifest_number": result.manifest_number, "outcomes": result.outcomes}
        _log(work.home, "replay_done", chosen, facts, by=by, now=now)
    finally:
        work.release_home()
    counts = Counter(result.outcomes.values())
    if as_json:
        print_json(facts | {"replayed_by": by, "counts": counts})
    else:
        said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        print_answer(f"{len(chosen)} rows read again by {by}: {said}. The next run books them.")
    return _FAILED if counts["quarantined"] else 0


def replay_instant(work: Workplace) -> datetime:
    """Return the instant of the replay; a demonstration's time is that of its last run."""
    if work.company.is_demo and work.home.warehouse.exists():
        return warehouse.read_world(work.home.warehouse).as_of
    return work.clock()


def _chosen(rows: Sequence[QuarantinedRow], asked: Asked) -> list[Replay]:
    """Return the rows asked for, each with the text to read.

    Raises:
        ReplayError: a key names no open row, or the file is not one of `tieout quarantine --out`.
    """
    texts = _corrected(asked.corrected) if asked.corrected else {}
    wanted = {*asked.keys, *texts, *(row.key for row in rows if row.reason_code == asked.code)}
    unknown = sorted(wanted - {row.key for row in rows})
    if unknown:
        raise ReplayError(
            f"{', '.join(unknown)} is not in the quarantine, or was replayed already; nothing was"
            " read. List what is there: tieout quarantine."
        )
    return [
        Replay(row=row, text=texts.get(row.key, row.raw_text)) for row in rows if row.key in wanted
    ]


def _corrected(path: Path) -> dict[str, str]:
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        return {str(line["key"]): str(line["raw_text"]) for line in lines}
    except (ValueError, KeyError, TypeError) as error:
        raise ReplayError(
            f"{path} is not a file of tieout quarantine --out: each line is JSON with key and"
            f" raw_text ({error})."
        ) from None


def _facts(row: QuarantinedRow) -> dict[str, Any]:
    return {"key": row.key} | asdict(row)


def _log(
    home: Home,
    action: str,
    chosen: Sequence[Replay],
    facts: dict[str, Any],
    *,
    by: str,
    now: datetime,
) -> None:
    """Write who replays what: rows by their place, corrected ones with the hash of their text."""
    rows = [
        {
            "key": each.row.key,
            "landed_path": each.row.landed_path,
            "landed_line": each.row.landed_line,
            "reason_code": each.row.reason_code,
            "corrected_sha256": sha256_hex(each.text) if each.is_corrected else None,
        }
        for each in chosen
    ]
    entry = AuditEntry(action=action, subject="quarantine", details={"rows": rows} | facts)
    with store.transaction(home) as connection:
        audit_log.record(connection, [entry], at=now, actor=by)
