"""The instants at which a company's runs happen.

Belongs here: which as_of a run gets when nobody says, which arrivals of a demonstration to play.
Does not: reading the clock; it is handed in.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.errors import TieoutError
from core.home import Home
from core.spans import format_instant
from ingestion import manifest
from ingestion.company import Company
from posting import ledger


class FutureError(TieoutError):
    """Somebody asks for the books of an instant that has not come."""


def instants_to_run(
    company: Company, home: Home, clock: datetime, as_of: datetime | None
) -> list[datetime]:
    """Return the instants at which to run, in order; the last one answers the question.

    A demonstration plays every arrival that is not ingested yet, one run at each arrival's
    instant. When all have been played it runs once more at the last instant, or at the one asked
    for. Any other company runs once.

    Raises:
        FutureError: the books are asked for at an instant that has not come. In a demonstration
            its last arrival counts as come, also when the clock is behind it.
    """
    arrivals = _arrival_instants(company, after=None, until=None)
    if as_of is not None and as_of > max([clock, *arrivals]):
        raise FutureError(
            f"{format_instant(as_of)} has not come yet; it is {format_instant(clock)}."
            " Leave --as-of out for the books of now."
        )
    if not company.arrivals:
        return [as_of or clock]
    end = as_of or latest_instant(company, home)
    known_at = manifest.read_head(home).known_at
    played = _arrival_instants(company, after=known_at, until=end)
    if as_of is not None and as_of not in played:
        return [*played, as_of]
    return played or [end]


def default_instant(company: Company, home: Home, clock: datetime) -> datetime:
    """Return the as_of of a run that nobody gave one: now, or where a demonstration ends."""
    return latest_instant(company, home) if company.arrivals else clock


def latest_instant(company: Company, home: Home) -> datetime:
    """Return the last arrival's instant, or the ledger's when it is later already."""
    instants = _arrival_instants(company, after=None, until=None)
    sealed = last_sealed(home)
    return max([*instants, sealed] if sealed else instants)


def last_sealed(home: Home) -> datetime | None:
    """Return the as_of of the last sealed batch, or None when nothing was sealed."""
    if not ledger.ledger_file(home, 0).exists():
        return None
    batch = ledger.read_head(home).last_batch
    return batch.as_of.replace(tzinfo=UTC) if batch else None


def _arrival_instants(
    company: Company, *, after: datetime | None, until: datetime | None
) -> Sequence[datetime]:
    return sorted(
        arrival.at
        for arrival in company.arrivals
        if (after is None or arrival.at > after) and (until is None or arrival.at <= until)
    )
