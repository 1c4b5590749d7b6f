"""Mistakes in a company folder, collected so that all of them are told at once.

Belongs here: one mistake, the list of them, the error that ends a run with the whole list.
Does not: finding them.
"""

from dataclasses import dataclass, field

from core.errors import TieoutError

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to correct: where it is, what stands there (its beginning), what to do."""

    file: str
    line: int
    value: str
    cure: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.value!r}. {self.cure}" if self.value else f"{where}: {self.cure}"


class CompanyError(TieoutError):
    """The company folder has mistakes; nothing was read from it."""

    def __init__(self, folder: str, mistakes: list[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        super().__init__(
            f"The company folder {folder} has {count}; nothing was read from it.\n{listed}"
        )


@dataclass(slots=True)
class Mistakes:
    """The collector handed to everything that reads the folder."""

    found: list[Mistake] = field(default_factory=list)
    # Files with rows that could not be read: nothing is said about what points there.
    unreadable: set[str] = field(default_factory=set)

    def add(self, file: str, line: int, value: object, cure: str) -> None:
        """Note one mistake."""
        text = "" if value is None else str(value)
        if len(text) > _LONGEST_VALUE:
            text = f"{text[:_LONGEST_VALUE]} ..."
        self.found.append(Mistake(file, line, text, cure))
