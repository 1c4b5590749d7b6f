"""Whether a fault was caught, and whether anything else suffered.

Belongs here: comparing a trial with what its fault may do.
Does not: running trials.
"""

from dataclasses import dataclass

from tests.fault_matrix.fault import Fault
from tests.fault_matrix.trial import Books, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a fault.

    Attributes:
        fault: its name.
        where: what it struck.
        caught_by: findings that had to be made.
        findings: the controls that named it.
        missing: expected findings that were not made.
        false_holds: subjects that are held without reason, or whose books moved.
        sentences: what people were told.
    """

    fault: str
    where: str
    caught_by: tuple[str, ...]
    findings: tuple[str, ...]
    missing: tuple[str, ...]
    false_holds: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def is_caught(self) -> bool:
        """Every expected control said so."""
        return not self.missing


def judge(fault: Fault, trial: Trial, sound: Books) -> Verdict:
    """Compare what was found, held and moved with what the fault may do."""
    moved = {
        contract
        for contract in {*sound, *trial.books}
        if trial.books and trial.books.get(contract) != sound.get(contract)
    }
    return Verdict(
        fault=fault.name,
        where=fault.where,
        caught_by=fault.caught_by,
        findings=tuple(sorted(trial.findings)),
        missing=tuple(sorted({*fault.caught_by} - trial.findings)),
        false_holds=tuple(sorted((trial.held | moved) - fault.touches)),
        sentences=trial.sentences,
    )
