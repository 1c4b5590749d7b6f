"""The books are a function of the events: not of their order, their batching or the warehouse.

Belongs here: the same events shuffled, split and repeated; a second run; a rebuilt warehouse.
Does not: crashes in the middle of a step (tests.integration.posting and .ingestion).
"""

import random
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.home import Home
from orchestration.warehouse import open_warehouse
from tests import pipeline
from tests.company import (
    REFERENCE,
    event,
    invoice,
    json_lines,
    land,
    subscription,
    usage_csv,
    write_company,
)

NOW = datetime(2026, 3, 5, 6, tzinfo=UTC)
SHOULD = (
    "contracts.contracts",
    "contracts.contract_versions",
    "contracts.contract_version_lines",
    "contracts.contract_modifications",
    "usage.daily_usage",
    "usage.held_usage",
    "usage.usage_charges",
    "revenue.performance_obligations",
    "revenue.revenue_schedule_lines",
    "revenue.contract_balances",
    "journals.subledger_lines",
)
MART_SCHEMAS = (
    "contracts",
    "usage",
    "revenue",
    "journals",
    "controls",
    "reconciliation",
    "lineage",
    "metrics",
)
ERP_TOTALS = """
    select erp_code, legal_entity_code, account_code, accounting_period, currency,
        sum(debit_minor - credit_minor) as balance_minor,
        sum(functional_debit_minor - functional_credit_minor) as functional_balance_minor
    from exports.erp_balances group by all
    having balance_minor <> 0 or functional_balance_minor <> 0 order by all
"""

pytestmark = pytest.mark.slow

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Landed:
    """A company whose events arrived and were posted."""

    company: Path
    home: Path

    def rows(self, sql: str) -> Rows:
        """Return the rows of a query on the warehouse."""
        return [tuple(row.values()) for row in pipeline.query(self.home, sql)]

    def table(self, name: str) -> Rows:
        """Return a whole table, in an order of its own."""
        return self.rows(f"select * from {name} order by all")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """Everything in order, in one landing and one run."""
    landed = _empty_company(tmp_path_factory.mktemp("straight"))
    _land(landed.company, "all", _events(), _usage())
    pipeline.run_pipeline(landed.company, landed.home, NOW)
    return landed


@pytest.fixture(scope="module")
def scrambled(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """The same shuffled, in three landings that repeat each other, posted after each."""
    landed = _empty_company(tmp_path_factory.mktemp("scrambled"))
    events, usage, chance = _events(), _usage(), random.Random(20260305)
    chance.shuffle(events)
    chance.shuffle(usage)
    for third in range(3):
        again = chance.sample(events, 4), chance.sample(usage, 10)
        parts = events[third::3] + again[0], usage[third::3] + again[1]
        for part in parts:
            chance.shuffle(part)
        _land(landed.company, f"part-{third}", *parts)
        pipeline.run_pipeline(
            landed.company, landed.home, NOW - timedelta(days=2 - third), with_tests=third == 2
        )
    return landed


@pytest.mark.parametrize("table", SHOULD)
def test_shuffled_split_and_repeated_events_give_the_same_should(
    straight: Landed, scrambled: Landed, table: str
) -> None:
    expected = straight.table(table)
    assert expected or table == "usage.held_usage"
    assert scrambled.table(table) == expected


def test_shuffled_split_and_repeated_events_give_the_same_erp_totals(
    straight: Landed, scrambled: Landed
) -> None:
    expected = straight.rows(ERP_TOTALS)
    assert expected
    assert scrambled.rows(ERP_TOTALS) == expected


def test_nothing_is_a_break_after_the_scramble(scrambled: Landed) -> None:
    assert scrambled.table("reconciliation.erp_document_breaks") == []
    assert scrambled.rows("select * from reconciliation.tie_out_summary where not is_tied") == []
    assert {row[0] for row in scrambled.rows("select code from controls.exceptions")} == set()


def test_a_second_run_posts_nothing_and_the_warehouse_can_be_rebuilt(straight: Landed) -> None:
    ledger = sorted(path.name for path in Home(straight.home).ledger.glob("*.parquet"))
    erp = straight.table("exports.erp_documents")

    again = pipeline.run_pipeline(straight.company, straight.home, NOW, with_tests=False)

    assert (again.ingested.landed, again.sealed.batch_number, again.delivered.posted) == (
        0,
        None,
        0,
    )
    assert sorted(path.name for path in Home(straight.home).ledger.glob("*.parquet")) == ledger
    assert straight.table("exports.erp_documents") == erp
    assert straight.table("journals.proposed_lines") == []

    before = _marts(straight.home)
    Home(straight.home).warehouse.unlink()
    shutil.rmtree(Home(straight.home).exports)
    with pipeline.opened(straight.company, straight.home, NOW) as run:
        pipeline.build_books(run, with_tests=False)
        pipeline.prove(run, with_tests=False)

    after = _marts(straight.home)
    assert set(after) == set(before)
    assert [name for name in before if after[name] != before[name]] == []


def _marts(home: Path) -> dict[str, Rows]:
    """Return every mart but the one that names the run it was built by."""
    with open_warehouse(Home(home).warehouse, read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            f"where table_schema in {MART_SCHEMAS} order by 1"
        ).fetchall()
        return {
            name: connection.execute(f"select * from {name} order by all").fetchall()
            for (name,) in names
            if name != "metrics.run_parameters"
        }


def _empty_company(root: Path) -> Landed:
    fx_rates = REFERENCE["fx_rates"] + "EUR,USD,1.20,2026-02-01\n"
    company = write_company(root / "company", reference={"fx_rates": fx_rates})
    return Landed(company=company, home=root / "home")


def _land(
    company: Path, name: str, events: list[dict[str, Any]], usage: list[tuple[object, ...]]
) -> None:
    for source in ("crm", "billing"):
        chosen = [each for each in events if each["source"] == source]
        land(company, f"{source}/{name}.jsonl", json_lines(chosen))
    land(company, f"usage/{name}.csv", usage_csv(usage))


def _usage() -> list[tuple[object, ...]]:
    """Usage of two months, one reading a day."""
    start = date(2026, 1, 2)
    return [
        (f"u{day}", "M1", f"{start + timedelta(days=day)}T12:00:00Z", "api_calls", 37 + day)
        for day in range(60)
    ]


def _events() -> list[dict[str, Any]]:
    """A dollar contract that grows, a euro contract that ends, their documents."""
    bigger = subscription()["lines"][0] | {"quantity": "16"}
    grown = {
        "contract_id": "K1",
        "amendment_id": "A1",
        "amendment_type": "seat_change",
        "timing": "immediate",
        "effective_date": "2026-02-10",
        "term_end": "2026-12-31",
        "lines": [bigger, subscription()["lines"][1]],
    }
    euros = subscription(
        contract_id="K2",
        subscription_id="S2",
        currency="EUR",
        lines=[subscription()["lines"][0] | {"contract_line_id": "K2-1", "unit_price": "300.00"}],
    )
    ended = {
        "contract_id": "K2",
        "effective_date": "2026-02-20",
        "policy": "immediate_credit",
        "access_until": "2026-02-19",
    }
    return [
        event("subscription.created", subscription(), id="c1"),
        event("subscription.created", euros, id="c2"),
        event("subscription.amended", grown, id="c3", time="2026-02-09T09:00:00Z"),
        event("subscription.cancelled", ended, id="c4", time="2026-02-19T09:00:00Z"),
        *_documents(),
    ]


def _documents() -> list[dict[str, Any]]:
    party = {"customer_id": "B1", "legal_entity_code": "T-US"}
    line = invoice()["lines"][0]
    euro_line = line | {
        "invoice_line_id": "INV-2-1",
        "contract_id": "K2",
        "contract_line_id": "K2-1",
        "net_amount": "3000.00",
    }
    euro_invoice = invoice(
        invoice_id="INV-2", currency="EUR", total_amount="3000.00", lines=[euro_line]
    )
    more_seats = line | {
        "invoice_line_id": "INV-3-1",
        "service_start": "2026-02-10",
        "net_amount": "1282.19",
    }
    added = invoice(
        invoice_id="INV-3",
        invoice_date="2026-02-11",
        total_amount="1282.19",
        lines=[more_seats],
    )
    credit = party | {
        "credit_id": "CR-1",
        "invoice_id": "INV-2",
        "currency": "EUR",
        "credit_date": "2026-02-21",
        "total_amount": "2589.04",
        "tax_amount": "0.00",
        "lines": [
            {
                "credit_line_id": "CR-1-1",
                "invoice_line_id": "INV-2-1",
                "basis": "modification",
                "net_amount": "2589.04",
                "tax_amount": "0.00",
                "tax_code": "NONE",
            }
        ],
    }
    payments = [
        party
        | {
            "payment_id": f"PAY-{number}",
            "invoice_id": f"INV-{number}",
            "currency": currency,
            "amount": amount,
            "paid_date": paid,
        }
        for number, currency, amount, paid in (
            (1, "USD", "2400.00", "2026-01-20"),
            (2, "EUR", "410.96", "2026-02-25"),
        )
    ]
    bodies = [
        ("invoice.finalized", invoice()),
        ("invoice.finalized", euro_invoice),
        ("invoice.finalized", added),
        ("credit.issued", credit),
        *(("payment.succeeded", payment) for payment in payments),
    ]
    return [
        event(kind, body, id=f"b{number}", source="billing")
        for number, (kind, body) in enumerate(bodies, start=1)
    ]
