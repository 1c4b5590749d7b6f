"""Transport faults around a connector: what networks and ERPs do to a call.

Belongs here: failing before or after the effect, answering late, doubling, killing.
Does not: any ERP of its own; the connector inside does the work.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from posting.connectors.connector import (
    Capabilities,
    Connector,
    ErpRef,
    ErrorClass,
    JournalDoc,
    Outcome,
    OutcomeKind,
)
from posting.errors import TransportError

BEFORE = "timeout before the effect"
AFTER = "timeout after the effect"
UNAVAILABLE = "503"
TWICE = "the network delivers the call twice"
PASS = "pass"


class FaultyConnector:
    """Passes calls on to a connector, with the next planned fault, if any, around each write."""

    def __init__(
        self,
        inside: Connector,
        faults: Iterable[str] = (),
        *,
        settle_seconds: int = 0,
        atomic_batch: bool = False,
        before_call: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.inside = inside
        self.faults = deque(faults)
        self.calls: list[str] = []
        self._capabilities = {"settle_seconds": settle_seconds, "atomic_batch": atomic_batch}
        self._before_call = before_call

    def capabilities(self) -> Capabilities:
        return replace(self.inside.capabilities(), **self._capabilities)

    def submit(self, docs: Sequence[JournalDoc], batch_key: str) -> dict[str, Outcome]:
        keys = [doc.key for doc in docs]
        return self._call("submit", keys, lambda: self.inside.submit(docs, batch_key))

    def commit(self, refs: Sequence[ErpRef]) -> dict[str, Outcome]:
        keys = [ref.key for ref in refs]
        return self._call("commit", keys, lambda: self.inside.commit(refs))

    def find_by_keys(self, keys: Sequence[str]) -> dict[str, list[ErpRef]]:
        return self._call("find_by_keys", [], lambda: self.inside.find_by_keys(keys))

    def discard_drafts(self, refs: Sequence[ErpRef]) -> None:
        return self._call("discard_drafts", [], lambda: self.inside.discard_drafts(refs))

    def list_drafts(self, entity: str) -> list[ErpRef]:
        return self._call("list_drafts", [], lambda: self.inside.list_drafts(entity))

    def __getattr__(self, name: str) -> object:
        """Pass everything else on as it is."""
        return getattr(self.inside, name)

    def _call(self, name: str, keys: list[str], work: Callable[[], Any]) -> Any:
        self._before_call(name)
        self.calls.append(name)
        fault = self.faults.popleft() if self.faults else PASS
        if fault == BEFORE:
            raise TransportError(f"{name} timed out.")
        if fault == UNAVAILABLE and keys:
            retry = Outcome(
                kind=OutcomeKind.RETRY,
                error_class=ErrorClass.CONCURRENCY,
                text="503 Service Unavailable",
                retry_after_seconds=30,
            )
            return dict.fromkeys(keys, retry)
        answer = work()
        if fault == TWICE:
            answer = work()
        if fault == AFTER:
            raise TransportError(f"The connection was cut while {name} was answered.")
        return answer
