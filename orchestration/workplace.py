"""What every station of a run works with.

Belongs here: settings, dbt, the clock and the listener of one process; one run at a time per home.
Does not: Dagster (defs), or what a station does.
"""

import fcntl
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol

from core.home import Home
from ingestion import company
from orchestration.dbt_in_process import DbtEvent, DbtInProcess, Outcome
from orchestration.dbt_project_cache import DbtProjectCache
from orchestration.dbt_subprocess import DbtSubprocess
from orchestration.progress import Progress, Silence
from orchestration.settings import Settings, read_settings


class Dbt(Protocol):
    """A way to run dbt."""

    def build(
        self, select: Sequence[str], warehouse: Path, outcome: Outcome, *, with_tests: bool = True
    ) -> Iterator[DbtEvent]:
        """Build models and run their tests, yielding each result; fill the outcome."""


def wall_clock() -> datetime:
    """Read the clock: done once per command, and handed in from there on."""
    return datetime.now(UTC)  # noqa: TID251  # the one place


@dataclass(kw_only=True)
class Workplace:
    """One process at work on one home.

    Attributes:
        settings: where things are.
        clock: read once per run, for the default as_of.
        progress: told what happens.
    """

    settings: Settings = field(default_factory=read_settings)
    clock: Callable[[], datetime] = wall_clock
    progress: Progress = field(default_factory=Silence)
    _lock: io.TextIOWrapper | None = None

    @property
    def home(self) -> Home:
        """The state of the company."""
        return self.settings.home

    @cached_property
    def project(self) -> DbtProjectCache:
        """The dbt project, parsed once per content."""
        return DbtProjectCache(project=self.settings.dbt_project, cache=self.settings.dbt_cache)

    @cached_property
    def dbt(self) -> Dbt:
        """How dbt is run: in this process, or as a program when the settings say so."""
        kind = DbtSubprocess if self.settings.stock_dbt else DbtInProcess
        return kind(
            project=self.settings.dbt_project,
            parsed=lambda: self.project.parsed,
            target=self.home.path / "dbt",
        )

    @cached_property
    def company(self) -> company.Company:
        """The company folder, read whole or not at all."""
        return company.read_company(self.settings.company_folder())

    def claim_home(self) -> None:
        """Wait until no other run works in this home; the claim ends with `release_home`.

        The books would survive two runs at once (sealing is a compare-and-swap on the ledger), but
        they would rebuild the one warehouse under each other.
        """
        if self._lock is not None:
            return
        self.home.path.mkdir(parents=True, exist_ok=True)
        lock = (self.home.path / "run.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.progress.begin(f"waiting for another run in {self.home.path}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        self._lock = lock

    def release_home(self) -> None:
        """Let other runs work in this home."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
