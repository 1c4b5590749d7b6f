"""Writes the demo company's folder: configuration, reference data, landing, labels.

Belongs here: which file of which arrival holds what.
Does not: the contract books, their arithmetic, usage or events (their own modules).
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from core.spans import naive_utc
from ingestion.demo_company import arithmetic, billing_events, faults
from ingestion.demo_company.billing import BillingSystem, UsageByLine
from ingestion.demo_company.claim import claim_folder
from ingestion.demo_company.contract_book import BOOK, ContractBook, read_contract_book
from ingestion.demo_company.crm_events import crm_events
from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.generated_book import (
    generate_contract_book,
    read_population,
)
from ingestion.demo_company.landing_files import file_of, write_csv, write_events, write_usage
from ingestion.demo_company.sales_events import sales_events
from ingestion.demo_company.usage import (
    UsageRecord,
    add_records,
    add_usage,
    open_usage,
    records_of,
)
from ingestion.demo_company.usage_corrections import add_corrections
from ingestion.demo_company.usage_quantities import quantities

_SOURCES = ("crm", "billing", "metering")
_LAST_BILLING_DAY = date(2026, 3, 9)
_BOOK_RECORDS_PER_DAY = 5
_BOOK_ARRIVALS = 2

Arrivals = Sequence[tuple[Path, datetime]]


def write_demo(out: Path, scale: int = 1) -> None:
    """Write the demo company to a folder; the same bytes every time.

    Args:
        out: the folder, created when it does not exist. Files of an older demo are replaced.
        scale: how many times the generated customers; 0 is the contract book alone, whose
            figures are the same at every scale.

    Raises:
        FolderTakenError: the folder holds a company that is no demonstration.
    """
    claim_folder(out)
    company = yaml.safe_load((BOOK / "company.yaml").read_text(encoding="utf-8"))
    zones = {row["code"]: row["time_zone"] for row in company["legal_entities"]}
    book, population = read_contract_book(), read_population()
    generated = generate_contract_book(population, scale)
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "landing", ignore_errors=True)
    arrivals = _write_company(out, company["demo"]["arrivals"], scale)
    _write_reference(out / "reference", [book, generated])
    with open_usage() as usage:
        add_usage(usage, book, zones, _BOOK_RECORDS_PER_DAY)
        add_usage(usage, generated, zones, population["records_per_day"])
        late = _late_usage(usage)
        add_records(usage, [record for _, record in late])
        corrections = add_corrections(usage)
        events = _all_events([book, generated], quantities(usage))
        files = write_events(arrivals, faults.break_events(events))
        labels = faults.event_labels(
            {name: file.relative_to(out).as_posix() for name, file in files.items()}
        )
        labels += _write_usage(out, arrivals, usage, late)
        labels += [made.label(file_of(usage, made.row)) for made in corrections]
    write_csv(
        out / "faults.csv",
        [field.name for field in fields(faults.Fault)],
        [astuple(label) for label in labels],
    )


def billing_system() -> BillingSystem:
    """Return Northwind's billing system with the prices and tax rates of the book."""
    return BillingSystem(
        arithmetic.read_prices(BOOK / "reference"),
        arithmetic.read_tax_rates(BOOK / "reference"),
        _LAST_BILLING_DAY,
    )


def _write_company(out: Path, arrivals: Sequence[Mapping[str, Any]], scale: int) -> Arrivals:
    """Write configuration and page; the contract book alone has the last arrivals only."""
    kept = arrivals if scale else arrivals[-_BOOK_ARRIVALS:]
    left_out = [row["folder"] for row in arrivals if row not in kept]
    lines = (BOOK / "company.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    (out / "company.yaml").write_text(
        "".join(line for line in lines if not any(folder in line for folder in left_out)),
        encoding="utf-8",
    )
    shutil.copyfile(BOOK / "README.md", out / "README.md")
    return [(out / row["folder"], naive_utc(row["at"])) for row in kept]


def _write_reference(folder: Path, books: Sequence[ContractBook]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BOOK / "reference", folder)
    customers = [customer for book in books for customer in book.customers]
    billed = {
        (contract.billing_source, contract.customer_id)
        for book in books
        for contract in book.contracts
    }
    write_csv(
        folder / "customers.csv",
        ("customer_id", "status", "country", "valid_from"),
        [(c.customer_id, c.status, c.country, "2024-01-01") for c in customers],
    )
    write_csv(
        folder / "customer_references.csv",
        ("source", "source_customer_id", "customer_id"),
        [
            (source, customer.source_id(source), customer.customer_id)
            for customer in customers
            for source in (*_SOURCES, "sprout")
            if source in _SOURCES or (source, customer.customer_id) in billed
        ],
    )


def _all_events(books: Sequence[ContractBook], used: UsageByLine) -> list[LandedEvent]:
    result = []
    billing = billing_system()
    for book in books:
        result += [*sales_events(book), *crm_events(book)]
        for contract in book.contracts:
            invoices = billing.invoices(contract, used)
            result += [billing_events.invoice_event(book, invoice) for invoice in invoices]
            result += [
                billing_events.credit_event(book, c) for c in billing.credits(contract, invoices)
            ]
            result += [
                billing_events.payment_event(book, p) for p in billing.payments(contract, invoices)
            ]
    return result


def _late_usage(usage: duckdb.DuckDBPyConnection) -> list[tuple[faults.LateUsage, UsageRecord]]:
    return [
        (late, record)
        for late in faults.LATE_USAGE
        for record in faults.late_usage(late, records_of(usage, late.contract_line_id, late.month))
    ]


def _write_usage(
    out: Path,
    arrivals: Arrivals,
    usage: duckdb.DuckDBPyConnection,
    came_late: Sequence[tuple[faults.LateUsage, UsageRecord]],
) -> list[faults.Fault]:
    """Write usage with rows twice, unknown and in conflict, and one file twice."""
    february, second_week = date(2026, 2, 1), date(2026, 2, 2)
    duplicated = [
        record
        for record in records_of(usage, "CT-1005-2", february)
        if record.usage_date >= second_week
    ][:12]
    first_week = records_of(usage, "CT-1003-2", february)[0]
    conflict = faults.conflicting_row(first_week)
    unknown = faults.unknown_usage(records_of(usage, "CT-1001-2", february))
    add_records(usage, [*duplicated, conflict, *unknown])
    write_usage(usage, out, arrivals)

    def landed(record: UsageRecord) -> tuple[UsageRecord, str]:
        return record, file_of(usage, record)

    sent = out / file_of(usage, first_week)
    resent = arrivals[-1][0] / "usage" / f"resent-{sent.name}"
    shutil.copyfile(sent, resent)
    return faults.usage_labels(
        duplicate_file=resent.relative_to(out).as_posix(),
        duplicated=[landed(record) for record in duplicated],
        conflict=landed(conflict),
        unknown=landed(unknown[0]),
        came_late=[(late, *landed(record)) for late, record in came_late],
    )
