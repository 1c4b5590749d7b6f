"""Each price model and term of a price, rated by the models and explained figure by figure.

Belongs here: what price_terms and price_tier_terms make of a month of usage.
Does not: matching usage to contracts, the edges of tiers (test_usage_models).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from core.home import Home
from ingestion.price_tables import PRICE_MODELS
from orchestration.explain.books import Books
from orchestration.explain.text import lines_of
from orchestration.explain.usage import explain_charge
from tests.printed_arithmetic import read_lines
from tests.unit.dbt.given import CHARGES_EXPLAINED, company, price, subscription, usage, usage_line
from tests.warehouse import Warehouse

BLOCKS = [{"block_size": "10"}, {"block_size": "4"}]
# Price, usage of the month, amount and minor units, by what it shows. All worked by hand.
PLANS: dict[str, tuple[dict[str, Any], str, str | None, int | None]] = {
    "PER_UNIT": (price("PER_UNIT", "per_unit", [("", "0.0015", "")]), "1003", "1.5045", 150),
    "FLAT": (price("FLAT", "flat", [("", "0", "12.5")]), "3", "12.5", 1250),
    "VOLUME": (price("VOLUME", "volume", [("10", "2", "0"), ("", "1", "3")]), "11", "14", 1400),
    "STARTED_PACKAGES": (
        price("STARTED_PACKAGES", "package", [("", "7", "")], package_size="100"),
        "299",
        "21",
        2100,
    ),
    "FULL_PACKAGES": (
        price(
            "FULL_PACKAGES",
            "package",
            [("", "7", "")],
            package_size="100",
            terms={"package_rounding": "floor"},
        ),
        "299",
        "14",
        1400,
    ),
    "NEAREST_PACKAGES": (
        price(
            "NEAREST_PACKAGES",
            "package",
            [("", "7", "")],
            package_size="100",
            terms={"package_rounding": "half_up"},
        ),
        "250",
        "21",
        2100,
    ),
    # 5000 / 1024 = 4.8828125: 4.89 counted, 3.89 paid for, 2 x 0.50 + 1.89 x 0.25.
    "GIGABYTES": (
        price(
            "GIGABYTES",
            "graduated",
            [("2", "0.5", "0"), ("", "0.25", "0")],
            included_quantity="1",
            terms={
                "conversion_operation": "divide",
                "conversion_factor": "1024",
                "conversion_decimals": "2",
                "conversion_rounding": "ceiling",
            },
        ),
        "5000",
        "1.4725",
        147,
    ),
    # 5 x 2^30 bytes are 5 GiB: 2.50.
    "BYTES": (
        price(
            "BYTES",
            "per_unit",
            [("", "0.5", "")],
            terms={
                "conversion_operation": "divide",
                "conversion_factor": "1073741824",
                "conversion_decimals": "6",
                "conversion_rounding": "half_up",
            },
        ),
        "5368709120",
        "2.5",
        250,
    ),
    "TENTHS": (
        price(
            "TENTHS",
            "per_unit",
            [("", "0.01", "")],
            terms={
                "conversion_operation": "multiply",
                "conversion_factor": "0.1",
                "conversion_decimals": "0",
                "conversion_rounding": "half_up",
            },
        ),
        "25",
        "0.03",
        3,
    ),
    "CAPPED": (
        price(
            "CAPPED",
            "graduated",
            [("10", "2", "5"), ("", "1", "0")],
            tier_terms=[{"maximum_amount": "12.5"}],
        ),
        "14",
        "16.5",
        1650,
    ),
    "COST": (price("COST", "dynamic", [("", "1.15", "")]), "10.1", "11.615", 1162),
    "MONEY": (  # 25.00 + 1.00 and 5.00 + 2.00
        price("MONEY", "graduated_percentage", [("1000", "0.025", "1"), ("", "0.01", "2")]),
        "1500",
        "33",
        3300,
    ),
    "PERCENTAGE": (
        price("PERCENTAGE", "percentage", [("", "0.029", "")])
        | {"raw.reference_meters": [{"meter_code": "PERCENTAGE", "aggregation": "each"}]},
        "150",
        "4.35",
        435,
    ),
    # Nothing is said of the unit it is of: the first tier holds it.
    "CAPACITY": (
        price(
            "CAPACITY", "capacity", [("", "0", "12"), ("", "0", "30")], limits=[("1", "cpu", "4")]
        )
        | {
            "raw.reference_meters": [
                {"meter_code": "CAPACITY", "aggregation": "max", "group_property": "unit"}
            ]
        },
        "150",
        "12",
        1200,
    ),
    # Midnight of UTC is the 9th in New York: 23 of 31 days, 2 seats at 31.00 and 3 at 15.50.
    "SEATS": (
        price("SEATS", "prorated_graduated", [("2", "31", "1"), ("", "15.5", "")])
        | {"raw.reference_meters": [{"meter_code": "SEATS", "aggregation": "prorated_sum"}]},
        "5",
        "81.5",
        8150,
    ),
    "BLOCKS": (  # two blocks of ten, then fifteen units in four blocks of four
        price("BLOCKS", "block_graduated", [("20", "5", ""), ("", "1", "")], tier_terms=BLOCKS),
        "35",
        "14",
        1400,
    ),
    "TOP_BLOCKS": (
        price("TOP_BLOCKS", "block_volume", [("20", "5", ""), ("", "1", "")], tier_terms=BLOCKS),
        "21",
        "6",
        600,
    ),
    # What no macro defines has no price; it is held, not charged as nothing.
    "NO_SUCH_MODEL": (price("NO_SUCH_MODEL", "auction", [("", "1", "")]), "5", None, None),
    "NO_SUCH_ROUNDING": (
        price(
            "NO_SUCH_ROUNDING",
            "per_unit",
            [("", "1", "")],
            terms={
                "conversion_operation": "divide",
                "conversion_factor": "3",
                "conversion_decimals": "0",
                "conversion_rounding": "half_even",
            },
        ),
        "5",
        None,
        None,
    ),
}
_JANUARY = """
    select * from usage.usage_charges where contract_line_id = $1 and accounting_period = '2026-01'
"""
PRICED = [plan for plan, (_, _, amount, _) in PLANS.items() if amount is not None]


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One contract per price, each with its usage of January 2026."""
    warehouse = Warehouse(tmp_path_factory.mktemp("prices"))
    company(warehouse)
    for plan, (tables, quantity, _, _) in PLANS.items():
        for table, rows in tables.items():
            warehouse.insert(table, rows)
        warehouse.insert("raw.events", [subscription(plan, [usage_line(plan, plan, plan)])])
        warehouse.insert(
            "raw.usage", [usage(plan, "2026-01-10 00:00:00", quantity, meter_code=plan)]
        )
    warehouse.build(CHARGES_EXPLAINED)
    warehouse.execute(
        "create table lineage.links"
        " (from_type varchar, from_key varchar, to_type varchar, to_key varchar)"
    )
    return warehouse


@pytest.fixture(scope="module")
def books(rated: Warehouse) -> Iterator[Books]:
    with duckdb.connect(str(rated.path), read_only=True) as marts, ExitStack() as opened:
        yield Books(marts, Home(rated.path.parent), opened)


@pytest.mark.parametrize("plan", PLANS)
def test_a_price_comes_to_what_was_worked_by_hand(books: Books, plan: str) -> None:
    _, _, amount, minor = PLANS[plan]
    (charge,) = books.ask(_JANUARY, plan)
    assert charge["charge_amount"] == (None if amount is None else Decimal(amount))
    assert (charge["charge_minor"], charge["price_found"]) == (minor, amount is not None)


@pytest.mark.parametrize("plan", PRICED)
def test_a_charge_comes_to_its_printed_arithmetic(books: Books, plan: str) -> None:
    (charge,) = books.ask(_JANUARY, plan)
    explanation = explain_charge(books, charge["usage_charge_id"])
    lines = {line.name: line for line in read_lines(lines_of(explanation, everything=True))}
    assert len(lines) == len(explanation.steps)
    assert [line for line in lines.values() if line.value != line.result] == []
    assert lines["charge"].value == Fraction(charge["charge_minor"], 100)


def test_every_price_model_is_rated_here_or_at_its_edges() -> None:
    rated_here = {plan[0]["raw.reference_prices"][0]["price_model"] for plan in PLANS.values()}
    assert set(PRICE_MODELS) <= rated_here
