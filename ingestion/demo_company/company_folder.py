"""Writes the demo company's folder: configuration, reference data, landing, labels.

Belongs here: which file of which arrival holds what.
Does not: the contract book, its arithmetic or its events (their own modules).
"""

import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import yaml

from core.spans import naive_utc
from ingestion.demo_company import arithmetic, billing_events, faults
from ingestion.demo_company.billing import BillingSystem
from ingestion.demo_company.claim import claim_folder
from ingestion.demo_company.contract_book import BOOK, ContractBook, read_contract_book
from ingestion.demo_company.crm_events import crm_events
from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.landing_files import write_csv, write_events, write_usage
from ingestion.demo_company.usage import UsageRecord, generate_usage

_SOURCES = ("crm", "billing", "metering")
_USAGE_FORMATS = ("csv", "jsonl.gz", "parquet")
_LAST_BILLING_DAY = date(2026, 3, 9)
_STATIC_FILES = ("company.yaml", "README.md")


def write_demo(out: Path) -> None:
    """Write the demo company to a folder; the same bytes every time.

    Args:
        out: the folder, created when it does not exist. Files of an older demo are replaced.

    Raises:
        FolderTakenError: the folder holds a company that is no demonstration.
    """
    claim_folder(out)
    book = read_contract_book()
    company = yaml.safe_load((BOOK / "company.yaml").read_text(encoding="utf-8"))
    zones = {row["code"]: row["time_zone"] for row in company["legal_entities"]}
    arrivals = [(out / row["folder"], naive_utc(row["at"])) for row in company["demo"]["arrivals"]]
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "landing", ignore_errors=True)
    _write_reference(out / "reference", book)
    for name in _STATIC_FILES:
        shutil.copyfile(BOOK / name, out / name)
    records = generate_usage(book, zones)
    late = faults.late_usage(records)
    write_events(arrivals, faults.break_events(_all_events(book, [*records, *late])))
    labels = _write_usage_files(out, arrivals, records, late)
    write_csv(
        out / "faults.csv",
        ("fault", "code", "subject", "where"),
        [(label.fault, label.code, label.subject, label.where) for label in labels],
    )


def billing_system() -> BillingSystem:
    """Return Northwind's billing system with the prices and tax rates of the book."""
    return BillingSystem(
        arithmetic.read_prices(BOOK / "reference"),
        arithmetic.read_tax_rates(BOOK / "reference"),
        _LAST_BILLING_DAY,
    )


def _all_events(book: ContractBook, records: Sequence[UsageRecord]) -> list[LandedEvent]:
    result = list(crm_events(book))
    billing = billing_system()
    for contract in book.contracts:
        invoices = billing.invoices(contract, records)
        result += [billing_events.invoice_event(book, invoice) for invoice in invoices]
        result += [
            billing_events.credit_event(book, c) for c in billing.credits(contract, invoices)
        ]
        result += [
            billing_events.payment_event(book, p) for p in billing.payments(contract, invoices)
        ]
    return result


def _write_reference(folder: Path, book: ContractBook) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BOOK / "reference", folder)
    write_csv(
        folder / "customers.csv",
        ("customer_id", "status", "country", "valid_from"),
        [(c.customer_id, "active", c.country, "2025-01-01") for c in book.customers],
    )
    write_csv(
        folder / "customer_references.csv",
        ("source", "source_customer_id", "customer_id"),
        [(s, c.source_id(s), c.customer_id) for s in _SOURCES for c in book.customers],
    )


def _write_usage_files(
    out: Path,
    arrivals: Sequence[tuple[Path, datetime]],
    records: Sequence[UsageRecord],
    late: Sequence[UsageRecord],
) -> list[faults.Fault]:
    """Write usage by week and arrival, with rows twice, late, unknown and in conflict."""
    (first_folder, first_at), (second_folder, _) = arrivals
    weeks: dict[Path, list[UsageRecord]] = {}
    everything = sorted(
        [*records, *faults.unknown_usage(records)], key=lambda r: (r.occurred_at, r.event_id)
    )
    first_day = min(record.usage_date for record in records)
    for record in everything:
        is_first = record.occurred_at < first_at
        week = (record.usage_date - first_day).days // 7
        monday = first_day + timedelta(weeks=week)
        suffix = _USAGE_FORMATS[week % len(_USAGE_FORMATS)]
        folder = first_folder if is_first else second_folder
        weeks.setdefault(folder / "usage" / f"usage-{monday}.{suffix}", []).append(record)
    paths = sorted(weeks)
    duplicated = faults.duplicate_rows(weeks[paths[1]])
    weeks[paths[1]] += duplicated
    conflict = faults.conflicting_row(weeks[paths[0]])
    late_file = second_folder / "usage" / f"usage-late-{faults.LATE_RECEIVED_AT:%Y-%m-%d}.jsonl"
    weeks[late_file] = [*late, conflict]
    for path, content in weeks.items():
        write_usage(path, content)
    resent = second_folder / "usage" / f"resent-{paths[0].name}"
    shutil.copyfile(paths[0], resent)
    return faults.labels(
        duplicate_file=resent.relative_to(out).as_posix(),
        duplicated=duplicated,
        conflict=conflict,
        conflict_file=late_file.relative_to(out).as_posix(),
        late=late,
        late_file=late_file.relative_to(out).as_posix(),
        usage_file=paths[1].relative_to(out).as_posix(),
    )
