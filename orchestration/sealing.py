"""Sealing what the books say, with the two reasons to compute the difference again.

Belongs here: rebuilding the difference after a void or after another run sealed first.
Does not: the guards of a batch (posting.batches), or the difference itself (dbt).
"""

from collections import deque

from ingestion import manifest
from ingestion.manifest import ManifestError
from orchestration import warehouse
from orchestration.dbt_in_process import Outcome
from orchestration.erps import connectors
from orchestration.runs import Run
from posting import batches, voiding
from posting.batches import SealResult
from posting.errors import LedgerMovedError

# What has to be built again when only the ledger has moved.
DIFFERENCE = ("source:ledger+,tag:books",)
_REBUILDS = 3


def seal(run: Run) -> SealResult:
    """Seal the difference in the warehouse.

    Refused documents that the difference touches are voided first; then, and whenever another run
    was first, the difference is computed again.

    Raises:
        LedgerMovedError: other runs were first every time.
    """
    if _void_changed_rejections(run):
        rebuild_difference(run)
    for _ in range(_REBUILDS):
        try:
            return _seal_once(run)
        except LedgerMovedError:
            rebuild_difference(run)
    return _seal_once(run)


def rebuild_difference(run: Run) -> None:
    """Build the models that depend on the ledger again, for the ledger as it is now."""
    outcome = Outcome()
    deque(run.build("difference", DIFFERENCE, outcome), maxlen=0)
    outcome.raise_if_failed()


def _seal_once(run: Run) -> SealResult:
    """Seal for the world the warehouse itself says it was built from."""
    built = warehouse.read_world(run.home.warehouse)

    def raw_hash_of(number: int) -> str | None:
        try:
            return manifest.entry_hash(run.home, number)
        except ManifestError:
            return None

    world = batches.World(
        as_of=built.as_of,
        raw_head=built.raw_head,
        raw_head_hash=manifest.entry_hash(run.home, built.raw_head),
        raw_hash_of=raw_hash_of,
        ledger_head=built.ledger_head,
        code_version=built.code_version,
        reference_version=built.reference_version,
        policy_version=built.policy_version,
        run_id=run.run_id,
    )
    return batches.seal(
        run.home.warehouse, run.home, world, "immediate" if run.sealing == "immediate" else "all"
    )


def _void_changed_rejections(run: Run) -> bool:
    voided = voiding.void_changed_rejections(
        run.home.warehouse,
        run.home,
        connectors(run.work.company, run.home),
        run.work.clock(),
        run_id=run.run_id,
    )
    run.record.update(voided=[document.document_key for document in voided])
    return bool(voided)
