"""Spans of time: instants are UTC, the legal entity's time zone decides the day.

Belongs here: parsing instants, days and accounting periods.
Does not: the wall clock. Every instant is handed in.
"""

from datetime import UTC, date, datetime, timedelta

from core.errors import TieoutError


class InstantError(TieoutError):
    """A text is not an instant."""


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant as an aware UTC datetime.

    Raises:
        InstantError: no ISO 8601 date and time, or no offset: whose midnight it is must be said.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InstantError(
            f"'{text}' is not a date and time. Write it like 2026-03-01T06:00:00Z."
        ) from None
    if instant.tzinfo is None:
        raise InstantError(f"'{text}' has no time zone. Write it like 2026-03-01T06:00:00Z.")
    return instant.astimezone(UTC)


def format_instant(instant: datetime) -> str:
    """Write an instant as ISO 8601 in UTC, ending in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def naive_utc(instant: datetime) -> datetime:
    """Drop the offset of an instant after moving it to UTC: how DuckDB TIMESTAMPs are stored."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def accounting_period(day: date) -> str:
    """Return the monthly period a day belongs to.

    >>> accounting_period(date(2026, 2, 15))
    '2026-02'
    """
    return f"{day:%Y-%m}"


def period_bounds(period: str) -> tuple[date, date]:
    """Return the first and the last day (inclusive) of a monthly period such as 2026-02."""
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError:
        raise InstantError(f"'{period}' is not a period. Write it like 2026-02.") from None
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
