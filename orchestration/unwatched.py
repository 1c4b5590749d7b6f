"""A Dagster instance for a run that nobody watches in the Dagster UI.

Dagster stores every event of a run to show it. Ephemeral instances store it in a database in
memory, and for some 700 models and checks that is a tenth of a run. Here events are told to the
run and then forgotten: its result has them all, and the run record says what became of it.

Belongs here: the instance and its event log.
Does not: running a job (play), or the stored instance that the Dagster UI shows (DAGSTER_HOME).
"""

from collections.abc import Sequence

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage


def unwatched_instance() -> dg.DagsterInstance:
    """Return Dagster's ephemeral instance, but for its event log."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),
        run_storage=InMemoryRunStorage(),
        event_storage=_ForgottenEvents(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )


class _ForgottenEvents(InMemoryEventLogStorage):
    def store_event(self, event: EventLogEntry) -> None:
        """Keep nothing."""

    def get_asset_records(
        self,
        asset_keys: Sequence[dg.AssetKey] | None = None,  # noqa: ARG002  # of every asset
    ) -> Sequence[AssetRecord]:
        """Return nothing, without asking the database for what it never gets."""
        return []
