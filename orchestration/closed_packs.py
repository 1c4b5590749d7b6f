"""The close packs of closed periods: kept when a person closes, proven whenever somebody verifies.

    closed/<legal entity>/<period>/<close version>/  the pack, closing.json, SHA256SUMS

Belongs here: copying the pack of the books that are closed, and proving every copy.
Does not: writing the pack (reports.close_pack), or deciding to close (closing, posting.periods).
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from core.canonical import file_sha256
from core.home import Home
from core.spans import naive_utc
from ingestion import manifest
from orchestration import publish
from orchestration.reports import close_pack
from orchestration.warehouse import WarehouseWorld
from posting import audit_log, ledger

CLOSING = "closing.json"
_CLOSED = "period_closed"


def missing(home: Home, world: WarehouseWorld) -> list[str]:
    """Return why the published marts give no pack of these books; nothing when they do."""
    run = _published_run(home)
    wanted = (naive_utc(world.as_of), world.raw_head, world.ledger_head)
    if run and (run["as_of"], run["raw_head"], run["ledger_head"]) == wanted:
        return []
    return [
        "The published marts are not those of these books, so their close pack cannot be kept: run"
        " again, then close."
    ]


def keep(home: Home, company: str, place: tuple[str, str], version: int) -> str:
    """Write the pack of the published marts again and keep a copy for a closing.

    A copy that a closing left behind when it was cut off is replaced: nothing was decided by it.

    Args:
        home: whose books are closed.
        company: its name, as the pack shows it.
        place: legal entity and period.
        version: how often the period has been closed, this time included.

    Returns:
        The hash of the copy's SHA256SUMS, which stands for every file in it.
    """
    close_pack.write(home, company)
    folder = _folder(home, place, str(version))
    scratch = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    for _, name in _sums(home.site):
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home.site / name, scratch / name)
    facts = _heads(home) | {"closing": [*place, version]}
    text = json.dumps(facts, default=str, indent=2, sort_keys=True)
    (scratch / CLOSING).write_text(f"{text}\n", encoding="utf-8")
    sums = (home.site / close_pack.SUMS).read_text(encoding="utf-8")
    sums += f"{file_sha256(scratch / CLOSING)}  {CLOSING}\n"
    (scratch / close_pack.SUMS).write_text(sums, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    scratch.rename(folder)
    return file_sha256(folder / close_pack.SUMS)


def verify(home: Home) -> list[str]:
    """Return what is wrong with the packs of all closings, in sentences."""
    problems = []
    for kept in (each.details for each in audit_log.entries(home, _CLOSED)):
        if "pack_sha256" not in kept:  # closed by an older release, or with a later period
            continue
        place = (str(kept["legal_entity_code"]), str(kept["accounting_period"]))
        folder = _folder(home, place, str(kept["close_version"]))
        name = folder.relative_to(home.path).as_posix()
        if not (folder / close_pack.SUMS).is_file():
            problems.append(f"The close pack {name} is missing. Restore it from the backup.")
        elif file_sha256(folder / close_pack.SUMS) != kept["pack_sha256"]:
            problems.append(
                f"The close pack {name} is not the one that was kept: the hash of its"
                f" {close_pack.SUMS} is not that of the audit log. Restore it from the backup."
            )
        else:
            problems += [
                f"{name}/{file} of a close pack was changed or is missing. Restore it."
                for sha256, file in _sums(folder)
                if not (folder / file).is_file() or file_sha256(folder / file) != sha256
            ]
    return problems


def _folder(home: Home, place: tuple[str, str], version: str) -> Path:
    legal_entity_code, accounting_period = place
    return home.closed / legal_entity_code / accounting_period / version


def _published_run(home: Home) -> dict[str, Any]:
    try:
        with publish.open_marts(home.marts) as connection:
            cursor = connection.execute("select * from metrics.run_parameters")
            names = [column[0] for column in cursor.description]
            return dict(zip(names, cursor.fetchall()[0], strict=True))
    except (publish.NothingPublishedError, duckdb.CatalogException):
        return {}


def _heads(home: Home) -> dict[str, Any]:
    """Return the instant and heads of the books, with the hashes that stand for all before them."""
    run = _published_run(home)
    return {
        "run": run,
        "ledger_hash": file_sha256(ledger.ledger_file(home, run["ledger_head"])),
        "raw_hash": manifest.entry_hash(home, run["raw_head"]),
    }


def _sums(folder: Path) -> Iterator[tuple[str, str]]:
    for line in (folder / close_pack.SUMS).read_text(encoding="utf-8").splitlines():
        sha256, _, name = line.partition("  ")
        yield sha256, name
