"""Sealing: the difference becomes a numbered batch, once.

Belongs here: the guards before sealing, cutting documents and lines from the difference.
Does not: computing the difference (dbt), or delivering what was sealed (delivery).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from core.home import Home
from core.spans import format_instant, naive_utc
from posting import batch_rows, ledger, outbox, periods
from posting.errors import LedgerMovedError, SmallerWorldError, WorldMismatchError
from posting.ledger import LedgerHead, SealedBatch

Scope = Literal["all", "immediate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a difference was computed from, and by what."""

    as_of: datetime
    raw_head: int
    raw_head_hash: str
    raw_hash_of: Callable[[int], str | None]
    ledger_head: int
    code_version: str
    reference_version: str
    policy_version: str
    run_id: str
    prepared_by: str = "tieout"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealResult:
    """What was sealed; no batch number when there was nothing to seal."""

    batch_number: int | None
    file_hash: str | None
    delta_count: int
    document_count: int
    needs_approval_count: int
    held_count: int


def seal(warehouse: Path, home: Home, world: World, scope: Scope = "all") -> SealResult:
    """Seal the difference in a warehouse as the next batch of the ledger.

    Args:
        warehouse: the DuckDB file whose books were built from `world`; only read.
        home: whose ledger.
        world: what the warehouse was built from.
        scope: all entry types, or only those whose cadence is immediate.

    Raises:
        SmallerWorldError: the world is older or smaller than the one last sealed.
        LedgerMovedError: another run sealed since the difference was computed.
        WorldMismatchError: the warehouse was built for another world.
        UnsealableLinesError: the proposed lines break an invariant of the books.
    """
    ledger.initialise(home)
    outbox.check_ledger_is_whole(home)
    head = ledger.read_head(home)
    if head.number != world.ledger_head:
        raise LedgerMovedError(
            f"The difference was computed from ledger file {world.ledger_head}, but the ledger is "
            f"at {head.number}. Run again; the difference is computed from the new head."
        )
    _refuse_smaller_world(head.last_batch, world)
    _refuse_scratch(warehouse, home)
    connection = duckdb.connect(str(warehouse), read_only=True)
    try:
        _refuse_other_world(connection, world)
        cut = batch_rows.cut(
            connection,
            sealed_files=ledger.ledger_files(home)[: head.number + 1],
            as_of=naive_utc(world.as_of),
            immediate_only=scope == "immediate",
            closed_periods=periods.closed(home),
        )
        if cut.delta_count == 0:
            return _result(cut, batch_number=None, file_hash=None)

        def make(previous_hash: str) -> pa.Table:
            return batch_rows.table(
                connection,
                cut,
                _batch_record(head, world, scope, cut, previous_hash),
            )

        file_hash = ledger.append(home, after=head.number, make=make)
    finally:
        connection.close()
    return _result(cut, batch_number=head.number + 1, file_hash=file_hash)


def _result(cut: batch_rows.Cut, *, batch_number: int | None, file_hash: str | None) -> SealResult:
    return SealResult(
        batch_number=batch_number,
        file_hash=file_hash,
        delta_count=cut.delta_count,
        document_count=cut.document_count,
        needs_approval_count=cut.needs_approval_count,
        held_count=cut.held_count,
    )


def _batch_record(
    head: LedgerHead, world: World, scope: Scope, cut: batch_rows.Cut, previous_hash: str
) -> dict[str, object]:
    return {
        "batch_number": head.number + 1,
        "as_of": naive_utc(world.as_of),
        "raw_head": world.raw_head,
        "raw_head_hash": world.raw_head_hash,
        "ledger_head": head.number,
        "previous_hash": previous_hash,
        "code_version": world.code_version,
        "reference_version": world.reference_version,
        "policy_version": world.policy_version,
        "run_id": world.run_id,
        "prepared_by": world.prepared_by,
        "scope": scope,
        "delta_count": cut.delta_count,
        "document_count": cut.document_count,
    }


def _refuse_smaller_world(last: SealedBatch | None, world: World) -> None:
    """Guard 2: a world that knows less than the sealed one would reverse the books."""
    stated = world.raw_hash_of(world.raw_head)
    if stated != world.raw_head_hash:
        raise SmallerWorldError(
            f"Raw entry {world.raw_head} is not the one the books were built from. "
            "Check that raw/ belongs to this home, and restore it from the backup if not."
        )
    if last is None:
        return
    if naive_utc(world.as_of) < last.as_of:
        raise SmallerWorldError(
            f"The books of {format_instant(world.as_of)} are older than batch "
            f"{last.batch_number}, sealed from {last.as_of.isoformat()}Z. An older instant can be "
            "looked at, never posted: run without --as-of, or with a later one."
        )
    known = world.raw_hash_of(last.raw_head) if world.raw_head >= last.raw_head else None
    if known != last.raw_head_hash:
        found = "is missing" if known is None else "has other content"
        raise SmallerWorldError(
            f"Batch {last.batch_number} was sealed from raw entry {last.raw_head}, which {found} "
            f"here (raw head {world.raw_head}). Posting would reverse what was booked from it: "
            "check that this is the right home and restore raw/ from the backup."
        )


def _refuse_scratch(warehouse: Path, home: Home) -> None:
    if warehouse.resolve() == home.scratch_warehouse.resolve():
        raise SmallerWorldError(
            "The scratch warehouse answers questions about the past and previews changes; "
            "nothing is posted from it. Run without --as-of to post."
        )


def _refuse_other_world(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """The warehouse says itself what it was built from; both must agree."""
    rows = connection.execute(
        "select as_of, raw_head, ledger_head, code_version, reference_version, policy_version "
        "from run.parameters"
    ).fetchall()
    expected = (
        naive_utc(world.as_of),
        world.raw_head,
        world.ledger_head,
        world.code_version,
        world.reference_version,
        world.policy_version,
    )
    if rows != [expected]:
        raise WorldMismatchError(
            f"The warehouse was built for {rows}, but {expected} is to be sealed. "
            "Build the books again, then seal."
        )
