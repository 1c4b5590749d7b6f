"""A small company whose books are tried: five contracts that go through one trouble each.

Belongs here: the company, its first run, changing its reference data, asking about its books.
Does not: what a guard demands (tests.integration.test_guards).

K1 goes on undisturbed. K2 may lose its customer, K3 its GL mapping, K4 its price, each after it was
booked. K5 has no GL mapping from the start, so nothing of it is sealed until there is one.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.home import Home
from core.spans import format_instant
from orchestration import preview
from orchestration.erps import administer, connectors
from orchestration.runs import Run, open_run
from orchestration.settings import Settings
from orchestration.workplace import Workplace
from posting import changes, exports, ledger
from posting.changes import Change, RecordedChange
from tests import pipeline
from tests.company import (
    COMPANY_YAML,
    REFERENCE,
    event,
    invoice,
    json_lines,
    land,
    subscription,
    usage_csv,
    write_company,
)

FIRST = datetime(2026, 2, 10, 12, tzinfo=UTC)
SECOND = datetime(2026, 2, 20, 12, tzinfo=UTC)  # January is closed by now
THIRD = datetime(2026, 2, 25, 12, tzinfo=UTC)
FOURTH = datetime(2026, 2, 26, 12, tzinfo=UTC)

_CLOSES = "      - {through: 2025-12, at: 2026-01-10T00:00:00Z}\n"
_YAML = COMPANY_YAML.replace(
    _CLOSES, _CLOSES + "      - {through: 2026-01, at: 2026-02-15T00:00:00Z}\n"
)
_PRICE = "api-{},API,api_calls,USD,graduated,,,2025-01-01\n"
_TIERS = "api-{0},1,1000,0.10,0,2025-01-01\napi-{0},2,,0.08,0,2025-01-01\n"
_NUMBERS = (1, 2, 3, 4, 5)
MAPPING_OF_K3 = "T-US,PLAN3,revenue,4000,2025-01-01\n"
MAPPING_OF_K5 = "T-US,PLAN5,revenue,4000,2025-01-01\n"
PRICE_OF_K4 = _PRICE.format(4)
TIERS_OF_K4 = _TIERS.format(4)


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """The company and its home; both can be copied, so one run serves many tests."""

    company: Path
    home: Path

    def copy(self, to: Path) -> "Guarded":
        """Return a copy that a test may spoil."""
        shutil.copytree(self.company, to / "company")
        shutil.copytree(self.home, to / "home")
        return Guarded(company=to / "company", home=to / "home")

    def run(self, now: datetime) -> pipeline.PipelineResult:
        """Run everything; invariants are tested by other tests, so without them."""
        return pipeline.run_pipeline(self.company, self.home, now, with_tests=False)

    @contextmanager
    def opened(self, now: datetime, *, dbt_project: Path | None = None) -> Iterator[Run]:
        """Open a run, with another dbt project when one is given."""
        if dbt_project is None:
            with pipeline.opened(self.company, self.home, now) as run:
                yield run
            return
        settings = Settings(
            home=Home(self.home),
            company=self.company,
            dbt_project=dbt_project,
            dbt_cache=dbt_project.parent / "parsed",
        )
        work = Workplace(settings=settings, clock=lambda: now)
        try:
            yield open_run(work, f"test-{dbt_project.name}", as_of=format_instant(now))
        finally:
            work.release_home()

    def seal(self, now: datetime) -> pipeline.SealResult:
        """Run through sealing."""
        with self.opened(now) as run:
            pipeline.ingest(run)
            pipeline.build_books(run, with_tests=False)
            return pipeline.seal(run)

    def preview(self, now: datetime, *, dbt_project: Path | None = None) -> list[Change] | None:
        """Run through the change preview and no further."""
        with self.opened(now, dbt_project=dbt_project) as run:
            pipeline.ingest(run)
            administer(run.work.company, run.home, run.as_of)
            exports.export_master(run.home, connectors(run.work.company, run.home))
            return preview.preview_changes(run)

    def reference(self, table: str) -> str:
        """Return a reference table as the folder has it."""
        return (self.company / "reference" / f"{table}.csv").read_text()

    def change(self, table: str, old: str, new: str) -> None:
        """Replace some text of a reference table; it must be there."""
        text = self.reference(table)
        assert old in text
        (self.company / "reference" / f"{table}.csv").write_text(text.replace(old, new))

    def add(self, table: str, rows: str) -> None:
        """Add rows to a reference table."""
        path = self.company / "reference" / f"{table}.csv"
        path.write_text(self.reference(table) + rows)

    def land_usage(self, name: str, first: str, last: str, *customers: int) -> None:
        """Land 40 calls a day of some customers."""
        land(self.company, f"usage/{name}.csv", usage_csv(_usage(name, first, last, customers)))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the warehouse."""
        return [tuple(row.values()) for row in pipeline.query(self.home, sql)]

    def ledger_head(self) -> int:
        """Return the number of the ledger's last file."""
        return ledger.head_number(Home(self.home))

    def changes(self, status: str = changes.PENDING) -> dict[str, RecordedChange]:
        """Return the recorded changes of a status, by subject."""
        found = changes.recorded(Home(self.home))
        return {change.subject_key: change for change in found if change.status == status}

    def approve(self, now: datetime, *subjects: str) -> None:
        """Approve changes as a person who did not prepare them."""
        for subject in subjects:
            changes.approve(Home(self.home), subject, by="frida", reason="Checked.", now=now)

    def posted(self) -> list[tuple[Any, ...]]:
        """Return what the ERP holds, by account and period."""
        return self.rows(
            """
            select account_code, accounting_period,
                sum(debit_minor - credit_minor)::bigint as minor
            from exports.erp_balances group by all having minor <> 0 order by all
            """
        )

    def sealed(self) -> list[tuple[Any, ...]]:
        """Return what is sealed and not voided, by account and period."""
        return self.rows(
            """
            select account_code, accounting_period, sum(amount_minor)::bigint as minor
            from ledger.sealed_lines group by all having minor <> 0 order by all
            """
        )

    def held(self) -> dict[str, set[str]]:
        """Return what holds back the lines of each contract that differ from the ledger."""
        found: dict[str, set[str]] = {}
        for contract, code in self.rows(
            "select distinct contract_id, hold_code from journals.subledger_differences "
            "where difference_minor is distinct from 0 and hold_code is not null order by all"
        ):
            found.setdefault(contract, set()).add(code)
        return found

    def copies_in_erp(self) -> dict[str, int]:
        """Return how often the ERP holds each document."""
        return dict(
            self.rows(
                "select document_key, count(distinct erp_document_id) "
                "from exports.erp_documents group by all order by all"
            )
        )

    def sealed_keys(self) -> list[str]:
        """Return the keys of sealed documents that are not voided."""
        rows = self.rows(
            "select document_key from ledger.documents "
            "where document_key not in (select document_key from ledger.voids) order by all"
        )
        return [key for (key,) in rows]

    def unsealed(self) -> list[str]:
        """Return the contracts whose books and ledger differ on some line."""
        rows = self.rows(
            """
            with should as (
                select subledger_line_key, contract_id, amount_minor from journals.subledger_lines
            ),
            sealed as (
                select subledger_line_key, contract_id, sum(amount_minor)::bigint as sealed_minor
                from ledger.sealed_lines group by all
            )
            select distinct coalesce(should.contract_id, sealed.contract_id) as contract_id
            from should full join sealed using (subledger_line_key)
            where coalesce(amount_minor, 0) <> coalesce(sealed_minor, 0) order by all
            """
        )
        return [contract_id for (contract_id,) in rows]


def write_guarded_company(root: Path) -> Guarded:
    """Write the company; it has not run yet."""
    company = write_company(
        root / "company",
        company_yaml=_YAML,
        reference=_reference(),
        landing={
            "crm/contracts.jsonl": json_lines(_contract(number) for number in _NUMBERS),
            "billing/invoices.jsonl": json_lines(_invoice(number) for number in _NUMBERS),
        },
    )
    guarded = Guarded(company=company, home=root / "home")
    guarded.land_usage("first", "2026-01-05", "2026-02-08", 1, 4)
    return guarded


def _reference() -> dict[str, str]:
    products = "".join(f"PLAN{n},Plan {n},fixed,daily,2025-01-01\n" for n in _NUMBERS)
    # PLAN5 is sold before anybody says where its revenue goes.
    mappings = "".join(f"T-US,PLAN{n},revenue,4000,2025-01-01\n" for n in _NUMBERS if n != 5)
    return {
        "accounts": REFERENCE["accounts"]
        + "T-US,4010,Plan revenue,revenue,true,2025-01-01\n"
        + "T-US,4110,Other usage revenue,revenue,true,2025-01-01\n",
        "products": REFERENCE["products"] + products,
        "gl_mappings": REFERENCE["gl_mappings"] + mappings,
        "prices": REFERENCE["prices"] + PRICE_OF_K4,
        "price_tiers": REFERENCE["price_tiers"] + TIERS_OF_K4,
        "customers": "customer_id,status,country,valid_from\n"
        + "".join(f"cust-{n},active,US,2025-01-01\n" for n in _NUMBERS),
        "customer_references": "source,source_customer_id,customer_id\n"
        + "".join(
            f"crm,C{n},cust-{n}\nbilling,B{n},cust-{n}\nmetering,M{n},cust-{n}\n" for n in _NUMBERS
        ),
    }


def _contract(number: int) -> dict[str, Any]:
    plan, calls = subscription()["lines"]
    plan = plan | {"contract_line_id": f"K{number}-1", "product_code": f"PLAN{number}"}
    calls = calls | {
        "contract_line_id": f"K{number}-2",
        "price_id": "api-4" if number == 4 else "api-usd",
    }
    data = subscription(
        contract_id=f"K{number}",
        subscription_id=f"S{number}",
        customer_id=f"C{number}",
        lines=[plan, calls] if number in {1, 4} else [plan],
    )
    return event("subscription.created", data, id=f"c{number}", correlationid=f"order-{number}")


def _invoice(number: int) -> dict[str, Any]:
    line = invoice()["lines"][0] | {
        "invoice_line_id": f"INV-{number}-1",
        "contract_id": f"K{number}",
        "contract_line_id": f"K{number}-1",
        "product_code": f"PLAN{number}",
    }
    data = invoice(invoice_id=f"INV-{number}", customer_id=f"B{number}", lines=[line])
    return event("invoice.finalized", data, id=f"b{number}", source="billing")


def _usage(
    name: str, first: str, last: str, customers: Sequence[int]
) -> Iterator[tuple[object, ...]]:
    start = date.fromisoformat(first)
    for number in customers:
        for day in range((date.fromisoformat(last) - start).days + 1):
            moment = f"{start + timedelta(days=day)}T15:00:00Z"
            yield (f"{name}-{number}-{day}", f"M{number}", moment, "api_calls", 40)
