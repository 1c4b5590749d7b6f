"""Instants are UTC; the entity's time zone decides the day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from core.spans import (
    InstantError,
    accounting_period,
    format_instant,
    naive_utc,
    parse_instant,
    period_bounds,
)


def test_an_instant_with_an_offset_moves_to_utc() -> None:
    instant = parse_instant("2026-03-01T01:00:00+02:00")
    assert instant == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert format_instant(instant) == "2026-02-28T23:00:00Z"


@pytest.mark.parametrize("text", ["2026-03-01T06:00:00", "yesterday", "", "3/1/26"])
def test_an_instant_must_say_whose_midnight_it_is(text: str) -> None:
    with pytest.raises(InstantError, match="Write it like 2026-03-01T06:00:00Z"):
        parse_instant(text)


def test_stored_timestamps_are_utc_without_an_offset() -> None:
    berlin = timezone(timedelta(hours=2))
    assert naive_utc(datetime(2026, 3, 1, 1, tzinfo=berlin)) == datetime(2026, 2, 28, 23)  # noqa: DTZ001


def test_a_period_is_a_month() -> None:
    assert accounting_period(date(2026, 2, 15)) == "2026-02"
    assert period_bounds("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert period_bounds("2025-12") == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_period_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InstantError, match="Write it like 2026-02"):
        period_bounds("2026-13")
