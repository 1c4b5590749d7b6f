"""The record of one run: what it was asked, what it saw, how long each part took.

Belongs here: `HOME/runs/<run>.json`, which the stations of a run share and benchmarks read.
Does not: anything the books depend on; delete the folder and nothing is lost but history.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.files import write_atomically
from core.home import Home

FRAMEWORK = "framework"
DBT = "dbt"
EXPECTATIONS = "great_expectations"
OWN = "own"
_KEPT_RECORDS = 200


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Facts of one run, by name, on disk: a run that is resumed elsewhere finds them."""

    path: Path

    def get(self, name: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return one fact, or None when it is not there yet."""
        return self._read().get(name)

    def update(self, **facts: object) -> None:
        """Add or replace facts."""
        self._write(self._read() | facts)

    def add_seconds(self, kind: str, part: str, seconds: float) -> None:
        """Add the time a part took, under its kind: framework, dbt, great_expectations or own."""
        record = self._read()
        parts = record.setdefault("seconds", {}).setdefault(kind, {})
        parts[part] = round(parts.get(part, 0.0) + seconds, 3)
        self._write(record)

    @contextmanager
    def timed(self, kind: str, part: str) -> Iterator[None]:
        """Add the time the block takes."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add_seconds(kind, part, time.perf_counter() - started)

    def facts(self) -> dict[str, Any]:
        """Return everything recorded."""
        return self._read()

    def _read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def _write(self, record: dict[str, Any]) -> None:
        text = json.dumps(record, indent=1, sort_keys=True, default=str)
        write_atomically(self.path, lambda path: path.write_text(text))


def record_of(home: Home, run_id: str) -> RunRecord:
    """Return the record of a run; it is written when the first fact is added."""
    return RunRecord(_folder(home) / f"{run_id}.json")


def last_company(home: Home) -> Path | None:
    """Return the company folder that this home was last run for; None when no record names one."""
    records = sorted(_folder(home).glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in reversed(records):
        folder = RunRecord(path).get("company")
        if folder:
            return Path(folder)
    return None


def records_before(home: Home, as_of: str, most: int) -> list[dict[str, Any]]:
    """Return what the last runs before an instant recorded, newest first."""
    records = [RunRecord(path).facts() for path in _folder(home).glob("*.json")]
    before = [record for record in records if record.get("as_of", as_of) < as_of]
    return sorted(before, key=lambda record: (record["as_of"], record["run_id"]), reverse=True)[
        :most
    ]


def sweep_records(home: Home) -> None:
    """Keep the records of the last runs."""
    records = sorted(_folder(home).glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for old in records[:-_KEPT_RECORDS]:
        old.unlink(missing_ok=True)


def _folder(home: Home) -> Path:
    return home.path / "runs"
