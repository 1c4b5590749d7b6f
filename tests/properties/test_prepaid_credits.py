"""Whatever credit is granted and whatever is used: each charge draws what a patient clerk would.

The clerk goes through the days one by one and asks every credit at every charge; the models take
the credits one after the other over all charges at once. Both must agree.

Belongs here: random credit and charges, and what must hold of what is drawn and earned.
Does not: amounts of any one case (tests.unit.dbt, tests.scenarios).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse import Warehouse

_FIRST = date(2026, 1, 1)
_CUTOFF = date(2026, 3, 15)
_MODELS = "int_prepaid_credits_drawn prepaid_credit_movements prepaid_credits"
_TABLES = """
    create schema intermediate; create schema usage; create schema policy;
    create table intermediate.int_prepaid_credits (
        prepaid_credit_id varchar, grant_id varchar, credit_number bigint, event_key varchar,
        contract_id varchar, contract_line_id varchar, product_code varchar,
        legal_entity_code varchar, currency varchar, credit_minor bigint, price_minor bigint,
        priority integer, pays_for varchar[], occurred_at timestamp, cutoff_date date,
        starts_on date, ends_on date, kept_price_minor bigint, breakage_percent bigint
    );
    create table usage.usage_charges (
        usage_charge_id varchar, contract_id varchar, contract_version_id varchar,
        contract_line_id varchar, product_code varchar, charge_minor bigint,
        service_start_date date, through_date date
    );
    create table usage.daily_usage (
        contract_version_id varchar, contract_line_id varchar, usage_date date,
        quantity decimal(28, 6), event_count bigint
    );
"""


@dataclass(frozen=True, kw_only=True)
class Credit:
    """A credit of one contract; what it is sorted by is its place in the list at last."""

    amount: int
    price: int
    priority: int
    starts: int
    days: int
    pays_for: tuple[str, ...] | None

    @property
    def first(self) -> date:
        return _FIRST + timedelta(days=self.starts)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days)

    def pays(self, line: str, day: date) -> bool:
        return self.first <= day <= self.last and (self.pays_for is None or line in self.pays_for)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge of one line and month, with its use by day of the month."""

    line: str
    month: int
    minor: int
    uses: dict[int, int]

    @property
    def key(self) -> str:
        return f"{self.line}|{self.month}"

    @property
    def through(self) -> date:
        following = date(2026, self.month + 1, 1)
        return min(following - timedelta(days=1), _CUTOFF)

    def fees(self) -> list[tuple[date, int]]:
        """Return what falls on each day, cumulatively rounded."""
        used = sorted((date(2026, self.month, day), used) for day, used in self.uses.items())
        used = [(day, quantity) for day, quantity in used if day <= self.through]
        if not any(quantity for _, quantity in used):
            used = [(day, 1) for day, _ in used]
        used = [(day, quantity) for day, quantity in used if quantity]
        if not used:
            return [(self.through, self.minor)]
        total, before, fees = sum(quantity for _, quantity in used), 0, []
        for day, quantity in used:
            fees.append((day, _share(self.minor, before, before + quantity, total)))
            before += quantity
        return fees


Contract = tuple[list[Credit], list[Charge]]

_CREDITS = st.lists(
    st.builds(
        Credit,
        amount=st.integers(1, 300),
        price=st.integers(0, 300),
        priority=st.integers(0, 2),
        starts=st.integers(0, 60),
        days=st.integers(0, 60),
        pays_for=st.sampled_from([None, ("L1",), ("L1", "L2")]),
    ),
    min_size=1,
    max_size=4,
)
_CHARGES = st.lists(
    st.builds(
        Charge,
        line=st.sampled_from(["L1", "L2"]),
        month=st.integers(1, 3),
        minor=st.integers(0, 400),
        uses=st.dictionaries(st.integers(1, 28), st.integers(0, 9), max_size=6),
    ),
    max_size=6,
    unique_by=lambda charge: charge.key,
)
_CONTRACTS = st.lists(st.tuples(_CREDITS, _CHARGES), min_size=1, max_size=15)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(contracts=_CONTRACTS, seed=st.integers(0, 9))
def test_every_charge_draws_what_a_clerk_would(contracts: list[Contract], seed: int) -> None:
    with TemporaryDirectory() as folder:
        books = _books(Path(folder), contracts, Random(seed))
        drawn = {
            tuple(row.values())
            for row in books.query(
                """
                select prepaid_credit_id, usage_charge_id, -amount_minor
                from usage.prepaid_credit_movements where movement_kind = 'drawn'
                """
            )
        }
        assert drawn == {
            (f"C{number}-{credit}", f"C{number}|{charge}", minor)
            for number, contract in enumerate(contracts)
            for (credit, charge), minor in _clerk(*contract).items()
        }
        for row in books.query("select * from usage.prepaid_credits"):
            is_over = row["ends_on"] <= _CUTOFF or row["left_minor"] == 0
            earned = row["drawn_revenue_minor"] + row["breakage_revenue_minor"]
            assert earned == row["price_minor"] - row["unearned_minor"]
            assert is_over == (row["left_minor"] == 0)
            assert not is_over or earned == row["price_minor"]


def _clerk(
    credits_given: Sequence[Credit], charges: Sequence[Charge]
) -> dict[tuple[int, str], int]:
    """Return what each credit pays of each charge, asked day by day and charge by charge."""
    left = {number: credit.amount for number, credit in enumerate(credits_given)}
    order = sorted(
        left,
        key=lambda number: (
            credits_given[number].priority,
            credits_given[number].last,
            credits_given[number].first,
            number,
        ),
    )
    fees = sorted(
        (day, charge.line, charge.key, minor) for charge in charges for day, minor in charge.fees()
    )
    paid: dict[tuple[int, str], int] = defaultdict(int)
    for day, line, key, due in fees:
        for number in order:
            part = min(due, left[number]) if credits_given[number].pays(line, day) else 0
            if credits_given[number].first > _CUTOFF or not part:
                continue
            paid[number, key] += part
            left[number] -= part
            due -= part  # noqa: PLW2901  # what the next credit finds
    return dict(paid)


def _share(total: int, before: int, through: int, whole: int) -> int:
    """Return the part between two points, each rounded half up from the beginning."""
    start, stop = (
        floor(Fraction(total * point, whole) + Fraction(1, 2)) for point in (before, through)
    )
    return stop - start


def _books(folder: Path, contracts: list[Contract], random: Random) -> Warehouse:
    """Return a warehouse with the credits and charges in any order, and what is made of them."""
    warehouse = Warehouse(folder)
    rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for number, (credits_given, charges) in enumerate(contracts):
        name = f"C{number}"
        for place, credit in enumerate(credits_given):
            if credit.first <= _CUTOFF:
                rows["intermediate.int_prepaid_credits"].append(
                    _credit_row(name, f"{name}-{place}", credit)
                )
        for charge in charges:
            version = f"{name}:v1"
            first = date(2026, charge.month, 1)
            key = f"{name}|{charge.key}"
            rows["usage.usage_charges"].append(
                (key, name, version, charge.line, "CALLS", charge.minor, first, charge.through)
            )
            rows["usage.daily_usage"] += [
                (version, charge.line, date(2026, charge.month, day), quantity, 1)
                for day, quantity in charge.uses.items()
            ]
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(_TABLES)
        for table, given_rows in ((name, found) for name, found in rows.items() if found):
            marks = ", ".join("?" for _ in given_rows[0])
            connection.executemany(
                f"insert into {table} values ({marks})",
                random.sample(given_rows, len(given_rows)),
            )
    warehouse.build(_MODELS)
    return warehouse


def _credit_row(contract: str, key: str, credit: Credit) -> tuple[object, ...]:
    return (
        *(key, key, 1, key, contract, "L9", "CREDIT", "US", "USD"),
        *(credit.amount, credit.price, credit.priority),
        list(credit.pays_for) if credit.pays_for else None,
        *("2026-01-01", _CUTOFF, credit.first, credit.last, credit.price, 0),
    )
