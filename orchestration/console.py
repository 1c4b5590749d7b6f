"""How a run looks on a terminal, and in a log file.

Belongs here: one line per station, a moving line for the station at work, where answers go.
Does not: the summary at the end (summary), or deciding what is said (the stations do).
"""

from rich.console import Console
from rich.status import Status

_NAME_WIDTH = 12
_UNBROKEN = 1000


def answers() -> Console:
    """Return standard output for answers: a terminal may wrap a line, but no figure is cut."""
    return Console(highlight=False, soft_wrap=True, width=_UNBROKEN)


class ConsoleProgress:
    """Prints a line for each finished station; on a terminal also what the present one does."""

    def __init__(self, console: Console) -> None:
        """Write to a console; standard error, so that `--json` stays clean."""
        self._console = console
        self._status: Status | None = None

    def begin(self, station: str) -> None:
        """Show that a station starts."""
        self._stop()
        if self._console.is_terminal:
            self._status = self._console.status(f"{station} ...")
            self._status.start()

    def step(self, station: str, what: str, done: int, total: int) -> None:
        """Show how far a station is."""
        if self._status is not None:
            self._status.update(f"{station}: {done} of {total}, {what}")

    def end(self, station: str, sentence: str, seconds: float) -> None:
        """Leave a line behind."""
        self._stop()
        name = station.ljust(_NAME_WIDTH)
        self._console.print(
            f"  {name} {seconds:6.1f} s  {sentence}", highlight=False, markup=False, soft_wrap=True
        )

    def close(self) -> None:
        """Give the terminal back, whatever happened."""
        self._stop()

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
