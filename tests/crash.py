"""Kill -9 at a chosen durable step of a call, in a process of its own.

Belongs here: counting the durable steps of a call and killing it before or after one of them.
Does not: what must hold afterwards; each test says that.

A durable step is what makes work survive: a rename, a hard link, a removal of a file, a commit of
SQLAlchemy or of sqlite3 through it. Production code has no hooks for this: the child replaces the
functions themselves.

    call = crash.Call(ingest, (company, home, now))
    for step in range(1, crash.count_steps(call) + 1):
        crash.kill_at(call, step, "before")

The callable must be importable (a module-level function) and its arguments must pickle.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal

from sqlalchemy.engine.default import DefaultDialect

Moment = Literal["before", "after"]
_PRELOADED = ["tests.crash", "ingestion.landing", "tests.posting_books"]
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is called with."""

    function: Callable[..., object]
    arguments: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def count_steps(call: Call) -> int:
    """Run a call to its end in a child and return how many durable steps it took."""
    exit_code, steps = _run_in_child(call, 0, "before")
    if exit_code != 0 or steps is None:
        raise AssertionError(f"{call.function.__name__} failed by itself: exit {exit_code}")
    return steps


def kill_at(call: Call, step: int, moment: Moment) -> None:
    """Run a call in a child that is killed before or after its n-th durable step (from 1)."""
    exit_code, _ = _run_in_child(call, step, moment)
    if exit_code != -signal.SIGKILL:
        raise AssertionError(
            f"{call.function.__name__} should die {moment} step {step}, exit {exit_code}"
        )


def _run_in_child(call: Call, step: int, moment: Moment) -> tuple[int | None, int | None]:
    """A fork server imports everything once and has no threads that a fork would lose."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(call, step, moment, sender))
    child.start()
    sender.close()
    child.join(_TIMEOUT_SECONDS)
    if child.is_alive():
        child.kill()
        raise AssertionError(f"The call did not end within {_TIMEOUT_SECONDS} seconds.")
    return child.exitcode, receiver.recv() if child.exitcode == 0 else None


def _run(call: Call, step: int, moment: Moment, sender: Connection) -> None:
    counter = _Counter(step, moment)
    for name in ("replace", "link", "unlink"):
        setattr(os, name, counter.counting(getattr(os, name)))
    DefaultDialect.do_commit = counter.counting(DefaultDialect.do_commit)
    call.function(*call.arguments, **call.keywords)
    sender.send(counter.steps)


@dataclass(slots=True)
class _Counter:
    fatal_step: int
    moment: Moment
    steps: int = 0

    def counting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **keywords: Any) -> Any:
            self.steps += 1
            is_fatal = self.steps == self.fatal_step
            if is_fatal and self.moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            value = function(*arguments, **keywords)
            if is_fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return value

        return counted
