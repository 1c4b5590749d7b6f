"""What a fault is, and what it may do to the sound company.

Belongs here: the definition of a fault, the case it is injected into.
Does not: single faults (the modules named in_*), running them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.compiled_models import Spoil

BEFORE = "before the run"
DELIVERING = "while documents are delivered"
AFTER = "after the run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A copy of the sound company after its first arrival, which a fault may spoil."""

    company: Path
    home: Path

    def reference(self, table: str) -> Path:
        """Return a reference table of the folder."""
        return self.company / "reference" / f"{table}.csv"

    def replace(self, path: Path, old: str, new: str) -> None:
        """Replace some text of a file; it must be there."""
        text = path.read_text()
        if old not in text:
            raise ValueError(f"'{old}' is not in {path.name} any more.")
        path.write_text(text.replace(old, new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: what goes wrong, in words an accountant reads.
        where: what it strikes: events, reference data, models, ERP, stores.
        caught_by: findings that must be made, such as `exception CURRENCY_MISMATCH`.
        inject: spoils the case.
        when: before the second run, while its documents are delivered, or after it.
        touches: contracts whose books may differ from the sound ones, and which may be held;
            documents are touched with their contract.
        spoils: changes the statements of models, by name.
    """

    name: str
    where: str
    caught_by: tuple[str, ...]
    inject: Callable[[Case], object] = lambda _: None
    when: str = BEFORE
    touches: frozenset[str] = frozenset()
    spoils: Mapping[str, Spoil] = field(default_factory=dict)


class MakeFault(Protocol):
    """How faults of one kind are written down."""

    def __call__(
        self,
        name: str,
        inject: Callable[[Case], object],
        *caught_by: str,
        when: str = ...,
        touches: Iterable[str] = (),
    ) -> Fault:
        """Return a fault by what it spoils and the controls that must name it."""


def strikes(where: str, *, when: str = BEFORE) -> MakeFault:
    """Return how faults that strike there are written down, and when most of them do."""
    usually = when

    def make(
        name: str,
        inject: Callable[[Case], object],
        *caught_by: str,
        when: str = usually,
        touches: Iterable[str] = (),
    ) -> Fault:
        return Fault(
            name=name,
            where=where,
            caught_by=caught_by,
            inject=inject,
            when=when,
            touches=frozenset(touches),
        )

    return make
