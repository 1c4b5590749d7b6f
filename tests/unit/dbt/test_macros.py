"""What the engine's macros compute, on the edges where arithmetic goes wrong.

Belongs here: rounding, exact money, months and days, instants and time zones, price tiers.
Does not: models.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from jinja2 import Environment

from core.money import currency_exponents
from tests.warehouse import PROJECT

Compute = Callable[[str], Any]


@pytest.fixture(scope="module")
def compute() -> Compute:
    """Return a function that renders an expression with our macros and evaluates it."""
    environment = Environment()
    sources = [
        path.read_text()
        for folder in ("engine", "pricing", "proration")
        for path in sorted((PROJECT / "macros" / folder).glob("*.sql"))
        if path.stem != "table"  # how tables are replaced: a tag only dbt knows
    ]
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")

    def evaluate(expression: str) -> Any:
        template = environment.from_string("\n".join(sources) + "select {{ " + expression + " }}")
        return connection.execute(template.render()).fetchone()[0]

    return evaluate


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        ("5", "2", 3),
        ("-5", "2", -3),
        ("4", "3", 1),
        ("-4", "3", -1),
        ("0", "7", 0),
        ("1", "3", 0),
        ("170141183460469231731687303715884105", "10000000000000000000", 17014118346046923),
        ("(12000000 * 45)", "365", 1479452),
        ("null", "2", None),
        ("1", "null", None),
    ],
)
def test_division_rounds_half_away_from_zero(
    compute: Compute, numerator: str, denominator: str, expected: int | None
) -> None:
    assert compute(f"div_half_up('{numerator}', '{denominator}')") == expected


@pytest.mark.parametrize(
    ("text", "exponent", "expected"),
    [
        ("14794.52", 2, 1479452),
        ("-0.01", 2, -1),
        ("500", 0, 500),
        ("1.234", 3, 1234),
        ("1.235", 2, None),
        ("0.5", 0, None),
        ("10.500", 2, 1050),
        ("99999999999999.99", 2, 9999999999999999),
    ],
)
def test_decimal_text_becomes_minor_units_exactly_or_not_at_all(
    compute: Compute, text: str, exponent: int, expected: int | None
) -> None:
    assert compute(f"to_minor(\"'{text}'\", '{exponent}')") == expected


def test_an_amount_in_an_unknown_currency_is_unknown(compute: Compute) -> None:
    assert compute("to_minor(\"'1.00'\", 'cast(null as integer)')") is None


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("99999999999.999999", 99999999999999999), ("-0.000001", -1), ("10000000", 10**13)],
)
def test_a_quantity_is_a_whole_count_of_millionths(
    compute: Compute, quantity: str, expected: int
) -> None:
    assert compute(f"scaled_quantity('{quantity}')") == expected


@pytest.mark.parametrize(
    ("first_day", "day_after", "months"),
    [
        ("2026-01-01", "2027-01-01", 12),
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2026-01-31", "2026-02-28", 1),
        ("2026-01-31", "2026-03-01", 1),
        ("2024-02-29", "2025-02-28", 12),
    ],
)
def test_full_months_count_only_what_is_over(
    compute: Compute, first_day: str, day_after: str, months: int
) -> None:
    expression = f"full_months_between(\"date '{first_day}'\", \"date '{day_after}'\")"
    assert compute(expression) == months


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        ("2026-03-08 04:59:59.999999", "America/New_York", date(2026, 3, 7)),
        ("2026-03-08 05:00:00", "America/New_York", date(2026, 3, 8)),
        ("2026-03-09 03:59:59.999999", "America/New_York", date(2026, 3, 8)),
        ("2026-03-09 04:00:00", "America/New_York", date(2026, 3, 9)),
        ("2026-10-25 22:59:59", "Europe/Berlin", date(2026, 10, 25)),
        ("2026-10-25 23:00:00", "Europe/Berlin", date(2026, 10, 26)),
        ("2026-01-01 18:15:00", "Asia/Kathmandu", date(2026, 1, 2)),
    ],
)
def test_the_time_zone_decides_the_day(
    compute: Compute, instant: str, zone: str, expected: date
) -> None:
    expression = f"local_date(\"timestamp '{instant}'\", \"'{zone}'\")"
    assert compute(expression) == expected
    quarter = f"instant_of_quarter_hour(quarter_hour(\"timestamp '{instant}'\"))"
    assert compute(f"local_date({quarter}, \"'{zone}'\")") == expected


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2026-03-08", "America/New_York", datetime(2026, 3, 8, 5)),  # noqa: DTZ001
        ("2026-03-09", "America/New_York", datetime(2026, 3, 9, 4)),  # noqa: DTZ001
        ("2026-10-26", "Europe/Berlin", datetime(2026, 10, 25, 23)),  # noqa: DTZ001
    ],
)
def test_a_day_begins_at_midnight_of_its_zone(
    compute: Compute, day: str, zone: str, expected: datetime
) -> None:
    assert compute(f"midnight_at(\"date '{day}'\", \"'{zone}'\")") == expected


def test_a_key_keeps_its_parts_apart(compute: Compute) -> None:
    keys = {
        compute(f"sha256_key({parts})")
        for parts in ("[\"'a'\", \"'b'\"]", "[\"'ab'\", \"''\"]", '["null", "\'ab\'"]')
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("quantity", "size", "packages"),
    [("0", "100", 0), ("0.000001", "100", 1), ("100", "100", 1), ("100.000001", "100", 2)],
)
def test_a_started_package_is_a_package(
    compute: Compute, quantity: str, size: str, packages: int
) -> None:
    assert compute(f"packages_of('{quantity}', '{size}', \"'ceiling'\")") == packages


@pytest.mark.parametrize(
    ("decimals", "mode", "expected"),
    [
        ("0", "half_up", -(13 * 10**18)),
        ("0", "ceiling", -(12 * 10**18)),
        ("0", "floor", -(13 * 10**18)),
        ("-1", "half_up", -(10**19)),
        ("null", "half_up", -(125 * 10**17)),
        ("0", "half_even", None),
    ],
)
def test_a_ratio_is_rounded_as_its_row_says(
    compute: Compute, decimals: str, mode: str, expected: int | None
) -> None:
    assert compute(f"round_ratio('-25', '2', '0', '{decimals}', \"'{mode}'\")") == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "why"),
    [
        ("1", "3", "a third has no last decimal"),
        ("1", "0", "nothing is divided by none"),
        (str(10**38), "1", "it outgrows the widest integer"),
    ],
)
def test_what_cannot_be_said_exactly_is_unknown(
    compute: Compute, numerator: str, denominator: str, why: str
) -> None:
    ratio = f"round_ratio('cast({numerator} as hugeint)', '{denominator}', '0', 'null', 'null')"
    assert compute(ratio) is None, why


def test_the_currencies_of_the_seed_are_those_of_core_money() -> None:
    lines = (PROJECT / "seeds" / "policy" / "currencies.csv").read_text().splitlines()
    seeded = {code: int(decimals) for code, decimals in (row.split(",") for row in lines[1:])}
    assert seeded == currency_exponents()
