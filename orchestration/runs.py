"""One run of one company: what it works on, shared by its stations.

Belongs here: starting a run, the heads and versions it sees, the warehouse laid out for it.
Does not: the stations themselves, or their order (defs).
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from core.home import Home
from core.spans import format_instant, parse_instant
from ingestion import manifest, raw_store, reference
from orchestration import run_record, warehouse
from orchestration.dbt_in_process import DbtEvent, Outcome
from orchestration.instants import default_instant
from orchestration.run_record import RunRecord
from orchestration.warehouse import WarehouseWorld
from orchestration.workplace import Workplace
from posting import exports, ledger
from posting.errors import SmallerWorldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run; its facts are on disk, so a step that is retried in another process finds them.

    Attributes:
        work: where it runs.
        run_id: Dagster's.
        as_of: what is known counts through here.
        now: when files that have landed become known.
        sealing: `all` entry types or only the `immediate` ones.
        record: its facts.
    """

    work: Workplace
    run_id: str
    as_of: datetime
    now: datetime
    sealing: str
    record: RunRecord

    @property
    def home(self) -> Home:
        """The state of the company."""
        return self.work.home

    @property
    def raw_head(self) -> int:
        """The raw manifest entry this run sees, fixed when it is first asked for."""
        number = self.record.get("raw_head")
        if number is None:
            number = manifest.head_as_of(self.home, self.as_of).number
            self.record.update(raw_head=number)
        return number

    def world(self) -> WarehouseWorld:
        """Return what the models see now: the ledger may have moved since the run started."""
        versions = reference.versions(self.home, self.raw_head)
        return WarehouseWorld(
            as_of=self.as_of,
            raw_head=self.raw_head,
            events_head=self.raw_head,
            ledger_head=ledger.head_number(self.home),
            code_version=self.work.project.code_version,
            reference_version=versions.reference_version,
            policy_version=versions.policy_version,
            run_id=self.run_id,
        )

    def lay_out_warehouse(self) -> WarehouseWorld:
        """Point the warehouse's sources at what this run sees."""
        world = self.world()
        warehouse.lay_out(self.home.warehouse, self.home, world)
        return world

    def build(self, station: str, select: Sequence[str], outcome: Outcome) -> Iterator[DbtEvent]:
        """Build models in the warehouse, telling how far it is; yields each node's result."""
        self.lay_out_warehouse()
        with self.record.timed(run_record.DBT, station):
            events = self.work.dbt.build(select, self.home.warehouse, outcome)
            for done, event in enumerate(events, start=1):
                name = event["data"]["node_info"]["node_name"]
                self.work.progress.step(station, name, done, 0)
                yield event

    @contextmanager
    def station(self, name: str) -> Iterator["Station"]:
        """Tell the listener that a station works, and in the end what it did."""
        self.work.progress.begin(name)
        station = Station()
        started = time.perf_counter()
        yield station
        seconds = time.perf_counter() - started
        if not station.is_timed_elsewhere:
            self.record.add_seconds(run_record.OWN, name, seconds)
        self.work.progress.end(name, station.sentence, seconds)


@dataclass(slots=True)
class Station:
    """What a station says when it is done."""

    sentence: str = ""
    is_timed_elsewhere: bool = False


def open_run(
    work: Workplace, run_id: str, *, as_of: str = "", now: str = "", sealing: str = "all"
) -> Run:
    """Return the run, started now when this is its first station.

    Args:
        work: where it runs.
        run_id: Dagster's.
        as_of: an ISO instant; empty for the default.
        now: when files that have landed become known; empty for as_of.
        sealing: `all` entry types or only the `immediate` ones.
    """
    work.claim_home()
    record = run_record.record_of(work.home, run_id)
    started_at = record.get("as_of")
    if started_at is None:
        initialise(work.home)
        refuse_lost_raw(work.home)
        chosen = parse_instant(as_of) if as_of else _default_as_of(work)
        started_at = format_instant(chosen)
        record.update(run_id=run_id, as_of=started_at, now=now or started_at, sealing=sealing)
        if work.settings.company is not None:
            record.update(company=str(work.settings.company))
        run_record.sweep_records(work.home)
    return Run(
        work=work,
        run_id=run_id,
        as_of=parse_instant(started_at),
        now=parse_instant(record.get("now")),
        sealing=record.get("sealing"),
        record=record,
    )


def initialise(home: Home) -> None:
    """Create the stores of a home, empty, unless they exist."""
    raw_store.initialise(home)
    ledger.initialise(home)
    exports.initialise(home)


def refuse_lost_raw(home: Home) -> None:
    """Refuse to work where raw entries or files are gone that the books were sealed from.

    Said before anything is taken in: an ingest would sweep what no entry names, and number new
    entries like lost ones.

    Raises:
        SmallerWorldError: with everything that is missing.
    """
    problems = manifest.missing(home)
    last = ledger.read_head(home).last_batch
    if last is not None:
        head = manifest.read_head(home).number
        if head < last.raw_head:
            problems.append(
                f"Batch {last.batch_number} was sealed from raw entry {last.raw_head}, but the "
                f"manifest ends at {head}."
            )
        elif not problems and manifest.entry_hash(home, last.raw_head) != last.raw_head_hash:
            problems.append(
                f"Batch {last.batch_number} was sealed from another raw entry {last.raw_head} than "
                "the one that is here."
            )
    if problems:
        raise SmallerWorldError(
            "This home has lost what its books were made from. Check that it is the right one, "
            "and restore raw/ from the backup. Nothing was taken in or posted.\n"
            + "\n".join(problems)
        )


def _default_as_of(work: Workplace) -> datetime:
    return default_instant(work.company, work.home, work.clock())
