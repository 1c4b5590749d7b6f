"""All trials, two at a time, each in a process and a copy of its own.

Belongs here: preparing the sound company once, handing out faults, collecting verdicts.
Does not: single trials (trial), or what is printed (__main__).
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.compiled_models import compiled_dbt
from tests.fault_matrix.catalogue import FAULTS
from tests.fault_matrix.fault import Case, Fault
from tests.fault_matrix.trial import Trial, attempt, prepare
from tests.fault_matrix.verdict import Verdict, judge

_SOUND = Fault(name="nothing", where="nowhere", caught_by=())
_WORKERS = 2


def run_all(faults: Sequence[Fault]) -> list[Verdict]:
    """Inject every fault into a copy of its own; two at a time."""
    compiled_dbt()  # recorded once, before the workers need it
    with TemporaryDirectory(prefix="faults-") as folder:
        root = Path(folder)
        prepared = prepare(root / "prepared")
        sound = attempt(prepared, root / "sound", _SOUND)
        if sound.findings or sound.held:
            raise ValueError(f"The sound company is not sound: {sorted(sound.findings)}")
        with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
            names = [fault.name for fault in faults]
            trials = pool.map(partial(_attempt, prepared=prepared, root=root), names)
            return [judge(*pair, sound.books) for pair in zip(faults, trials, strict=True)]


def _attempt(name: str, *, prepared: Case, root: Path) -> Trial:
    """Inject the fault of that name; its functions cannot be sent to another process."""
    logging.disable(logging.INFO)
    [(number, fault)] = [pair for pair in enumerate(FAULTS) if pair[1].name == name]
    return attempt(prepared, root / f"trial-{number}", fault)
