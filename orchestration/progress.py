"""What a person sees while a run works.

Belongs here: the port by which stations tell where they are, and the silent one.
Does not: how it looks on a terminal (console) or what a run ends with (summary).
"""

from typing import Protocol


class Progress(Protocol):
    """Told by the stations of a run, in the order things happen."""

    def begin(self, station: str) -> None:
        """Tell that a station starts."""

    def step(self, station: str, what: str, done: int, total: int) -> None:
        """Tell how far a station is."""

    def end(self, station: str, sentence: str, seconds: float) -> None:
        """Tell what a station did."""


class Silence:
    """Shows nothing: for runs that somebody else watches, such as the Dagster UI."""

    def begin(self, station: str) -> None:
        """Show nothing."""

    def step(self, station: str, what: str, done: int, total: int) -> None:
        """Show nothing."""

    def end(self, station: str, sentence: str, seconds: float) -> None:
        """Show nothing."""
