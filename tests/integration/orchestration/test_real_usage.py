"""A whole run over real usage (ServeGen): quantities and charges equal plain arithmetic."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from tests.pipeline import query

FILE = Path(__file__).parents[4] / "shared" / "data" / "servegen" / "demo_usage_records.csv.gz"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not FILE.exists(), reason=f"{FILE} is not here; it comes with the shared data"
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("servegen")
    _tieout("demo", "--usage", str(FILE), "--out", str(folder / "company"))
    said = _tieout(
        *("run", "--company", str(folder / "company"), "--home", str(folder / "home"), "--json")
    )
    (folder / "run.json").write_text(said)
    return folder


def _tieout(*arguments: str) -> str:
    program = Path(sys.executable).with_name("tieout")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _monthly() -> list[tuple[str, str, str, int, int]]:
    """Return customer, meter, month, events and quantity, from the file and nothing else."""
    return (
        duckdb.connect()
        .execute(
            "select subject, meter, left(time, 7) as month, count(*),"
            " cast(sum(cast(quantity as bigint)) as bigint)"
            f" from read_csv('{FILE}', all_varchar = true) group by all order by all"
        )
        .fetchall()
    )


def test_every_event_is_charged_once(folder: Path) -> None:
    run = json.loads((folder / "run.json").read_text())
    assert run["runs"][0]["landed"]["quarantined"] == 0
    assert [row for row in run["tie_outs"] if not row["is_tied"]] == []
    charged = query(
        folder / "home",
        "select contracts.source_customer_id, charges.meter_code, charges.accounting_period,"
        " sum(charges.event_count)::bigint as events, sum(charges.quantity)::bigint as quantity"
        " from usage.usage_charges as charges"
        " inner join contracts.contracts using (contract_id)"
        " group by all order by all",
    )
    subjects = _subjects(folder)
    rows = sorted(
        (
            subjects[row["source_customer_id"]],
            row["meter_code"],
            row["accounting_period"],
            row["events"],
            row["quantity"],
        )
        for row in charged
    )
    assert rows == _monthly()
    assert sum(row[3] for row in rows) == 117_507


def test_every_charge_equals_plain_arithmetic(folder: Path) -> None:
    prices = _prices(folder)
    expected = defaultdict(int)
    for _, meter, month, _, quantity in _monthly():
        expected[meter, month] += _rate(*prices[meter], Fraction(quantity))
    charged = query(
        folder / "home",
        "select meter_code, accounting_period, sum(charge_minor)::bigint as charge_minor"
        " from usage.usage_charges group by all",
    )
    found = {(row["meter_code"], row["accounting_period"]): row["charge_minor"] for row in charged}
    assert found == dict(expected)


def _subjects(folder: Path) -> dict[str, str]:
    """Return the usage subject of each customer id that the contracts' source uses."""
    with (folder / "company" / "reference" / "customer_references.csv").open() as file:
        rows = list(csv.DictReader(file))
    subjects = {
        row["customer_id"]: row["source_customer_id"] for row in rows if row["source"] == "servegen"
    }
    return {
        row["source_customer_id"]: subjects[row["customer_id"]]
        for row in rows
        if row["source"] == "crm"
    }


def _prices(folder: Path) -> dict[str, tuple[str, int, list[tuple[Fraction | None, Fraction]]]]:
    """Return price model, package size and tiers (bound, unit price) of each meter."""
    reference = folder / "company" / "reference"
    tiers = defaultdict(list)
    with (reference / "price_tiers.csv").open() as file:
        for row in csv.DictReader(file):
            assert Fraction(row["flat_amount"]) == 0
            bound = Fraction(row["up_to_quantity"]) if row["up_to_quantity"] else None
            tiers[row["price_id"]].append((bound, Fraction(row["unit_price"])))
    with (reference / "prices.csv").open() as file:
        return {
            row["meter_code"]: (
                row["price_model"],
                int(row["package_size"] or 1),
                tiers[row["price_id"]],
            )
            for row in csv.DictReader(file)
        }


def _rate(
    model: str, package: int, tiers: list[tuple[Fraction | None, Fraction]], quantity: Fraction
) -> int:
    """Return the charge in cents, rounded half up."""
    if model == "package":
        amount = -(-quantity // package) * tiers[0][1]
    else:
        amount, below = Fraction(0), Fraction(0)
        for bound, unit_price in tiers:
            upper = quantity if bound is None else min(quantity, bound)
            amount += max(upper - below, Fraction(0)) * unit_price
            below = max(below, upper)
    return int(amount * 100 + Fraction(1, 2))
