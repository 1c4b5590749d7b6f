"""The books of the past: built in the scratch warehouse, never posted.

Belongs here: answering `tieout run --as-of` for an instant older than what is sealed.
Does not: previews of changed rules (preview), or anything that writes to the ledger.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console

from core.spans import format_instant
from orchestration import past_figures
from orchestration.dbt_in_process import Outcome
from orchestration.runs import open_run
from orchestration.warehouse import lay_out
from orchestration.workplace import Workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBooks:
    """Where the books of an older instant are."""

    as_of: datetime
    sealed: datetime
    warehouse: Path
    models: int
    figures: dict[str, Any]

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return (
            f"Nothing is posted: {format_instant(self.as_of)} is older than what is sealed"
            f" ({format_instant(self.sealed)}).\n"
            f"The books as known then, with the rules of today, are in {self.warehouse}"
        )

    def facts(self) -> dict[str, object]:
        """Return the same for programs."""
        return {
            "posted": False,
            "as_of": format_instant(self.as_of),
            "sealed_as_of": format_instant(self.sealed),
            "warehouse": str(self.warehouse),
            "models": self.models,
            "figures": self.figures,
        }

    def show(self, console: Console) -> None:
        """Print the same for people: first that nothing is posted, then the figures."""
        console.print(self.sentence)
        past_figures.show(self.figures, console)


def build_past(work: Workplace, as_of: datetime, sealed: datetime) -> PastBooks:
    """Build the books as they were known at an instant, with the rules of now."""
    run = open_run(work, f"scratch-{uuid4()}", as_of=format_instant(as_of), sealing="none")
    outcome = Outcome()
    with run.station("scratch books") as station:
        lay_out(run.home.scratch_warehouse, run.home, run.world())
        build = work.dbt.build(["tag:books"], run.home.scratch_warehouse, outcome, with_tests=False)
        deque(build, maxlen=0)
        outcome.raise_if_failed()
        station.sentence = f"{len(outcome.nodes)} models"
    return PastBooks(
        as_of=as_of,
        sealed=sealed,
        warehouse=run.home.scratch_warehouse,
        models=len(outcome.nodes),
        figures=past_figures.read(run.home.scratch_warehouse),
    )
