"""The bench on which faults are tried: the sound company before and after its second run.

Belongs here: preparing it once, trying faults on copies of it, all of them two at a time.
Does not: single trials (trial), or what is printed (__main__).
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.compiled_models import compiled_dbt
from tests.fault_matrix.catalogue import FAULTS
from tests.fault_matrix.fault import AFTER, Case, Fault
from tests.fault_matrix.trial import Books, attempt, prepare
from tests.fault_matrix.verdict import Verdict, judge

_SOUND = Fault(name="nothing", where="nowhere", caught_by=())
_WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The sound company as faults find it.

    Attributes:
        waiting: after its first run, with its second arrival landed.
        finished: after its second run.
        books: what the second run sealed, all in all.
    """

    waiting: Case
    finished: Case
    books: Books


def lay_bench(root: Path) -> Bench:
    """Run the sound company, and see that no control says anything.

    Raises:
        ValueError: a control does.
    """
    waiting = prepare(root / "waiting")
    sound = attempt(waiting, root / "finished", _SOUND)
    if sound.findings or sound.held:
        raise ValueError(f"The sound company is not sound: {sorted(sound.findings)}")
    finished = Case(company=root / "finished" / "company", home=root / "finished" / "home")
    return Bench(waiting=waiting, finished=finished, books=sound.books)


def try_fault(fault: Fault, bench: Bench) -> Verdict:
    """Inject a fault into a copy of the company, and let go of the copy."""
    with TemporaryDirectory(prefix="fault-") as folder:
        start = bench.finished if fault.when == AFTER else bench.waiting
        return judge(fault, attempt(start, Path(folder), fault), bench.books)


def try_all(faults: Sequence[Fault]) -> list[Verdict]:
    """Try every fault, two at a time, each in a process and a copy of its own."""
    compiled_dbt()  # recorded once, before the workers need it
    with TemporaryDirectory(prefix="faults-") as folder:
        bench = lay_bench(Path(folder))
        with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
            return list(pool.map(partial(_try_named, bench=bench), [each.name for each in faults]))


def _try_named(name: str, *, bench: Bench) -> Verdict:
    """Try the fault of that name; its functions cannot be sent to another process."""
    logging.disable(logging.INFO)
    [fault] = [each for each in FAULTS if each.name == name]
    return try_fault(fault, bench)
