"""How pages spell figures and names."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from orchestration.reports.charts import stacked_bars
from orchestration.reports.elements import anchor, count, decimal, money, percent, text, title


@pytest.mark.parametrize(
    ("minor", "currency", "spelled", "tone"),
    [
        (1479452, "USD", "14,794.52", ""),
        (-1479452, "USD", "\u221214,794.52", "negative"),
        (1500, "JPY", "1,500", ""),
        (-1234567, "KWD", "\u22121,234.567", "negative"),
        (0, "USD", "0.00", ""),
        (-7, "QQQ", "\u22127 minor units", "negative"),
        (None, "USD", "", ""),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_a_mark_when_negative(
    minor: int | None, currency: str, spelled: str, tone: str
) -> None:
    cell = money(minor, currency)
    assert (cell.text, cell.tone) == (spelled, tone)


def test_figures_that_are_no_money() -> None:
    assert count(1234567).text == "1,234,567"
    assert decimal(Decimal("1200.500000")).text == "1,200.5"
    assert decimal(Decimal("100.000000")).text == "100"
    assert percent(Decimal("1.610800")).text == "161.08 %"
    assert text(date(2026, 3, 9)).text == "2026-03-09"
    assert text(datetime(2026, 3, 10, 6)).text == "2026-03-10 06:00 UTC"  # noqa: DTZ001  # as marts have it


def test_addresses_of_different_groups_differ() -> None:
    assert anchor("a b", "c|d") == "a%20b.c%7Cd"
    assert anchor("NW-US", "USD") != anchor("NW", "US-USD")


def test_columns_are_named_in_words() -> None:
    assert title("deferred_revenue_minor") == "Deferred revenue"
    assert title("erp_closing_minor") == "ERP closing"
    assert title("legal_entity_code") == "Legal entity"


def test_a_chart_says_what_it_shows_and_hangs_negatives_below_zero() -> None:
    periods = ["2026-01", "2026-02", "2026-03", "2026-04"]
    chart = stacked_bars("Revenue <1>", periods, {"actual": [10000, -5000, 0, 100]}, "USD")
    assert "<title>Revenue &lt;1&gt;</title>" in chart
    assert "2026-02, actual: \u221250.00 USD" in chart
    assert chart.count('class="part0"') == 3


def test_a_few_periods_are_not_drawn() -> None:
    assert stacked_bars("Revenue", ["2026-01"], {"actual": [1]}, "USD") == ""
    assert stacked_bars("Revenue", list("abcd"), {"actual": [0, 0, 0, 0]}, "USD") == ""
