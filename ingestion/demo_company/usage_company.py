"""A company made for a usage file: one customer and one contract for everybody in it.

Belongs here: contracts, prices and platform invoices around usage that is real.
Does not: changing the usage. The file lands as it is; what is wrong with it, ingestion says.
"""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from ingestion.demo_company import arithmetic
from ingestion.demo_company.billing import BillingSystem
from ingestion.demo_company.billing_events import invoice_event
from ingestion.demo_company.claim import claim_folder
from ingestion.demo_company.contract_book import Contract, ContractBook, Customer, Line
from ingestion.demo_company.crm_events import crm_events
from ingestion.demo_company.envelope import LandedEvent
from ingestion.demo_company.landing_files import write_events
from ingestion.demo_company.sales_events import sales_events
from ingestion.demo_company.usage_file import (
    OPTIONAL_COLUMNS,
    REQUIRED_COLUMNS,
    Meter,
    UsageFile,
    UsageFileError,
    read_usage_file,
)
from ingestion.demo_company.usage_reference import (
    CURRENCY,
    ENTITY,
    PLATFORM,
    TAX_CODE,
    price_id,
    write_reference,
)
from ingestion.reference_tables import ENTRY_TYPES

_PLATFORM_PRICE = "100.00"
_ARRIVAL_TIME = time(6)
_MONTHS_OF_TERM = 12


def write_usage_company(usage_file: Path, out: Path) -> None:
    """Write a company folder whose contracts cover every customer of a usage file.

    Args:
        usage_file: CSV, JSON lines (both gzip too) or Parquet with the columns id, subject, time,
            meter and quantity, optionally source and received_at.
        out: the folder, created when it does not exist.

    Raises:
        UsageFileError: the file cannot be read as usage.
        FolderTakenError: the folder holds a company that is no demonstration.
    """
    claim_folder(out)
    usage = read_usage_file(usage_file)
    if taken := {"crm", "billing"} & set(usage.sources):
        raise UsageFileError(
            f"{usage_file.name} names the source {', '.join(sorted(taken))}, which the company "
            "uses for contracts and invoices. Give the usage another source."
        )
    instant = _first_instant_after(usage.last_at)
    products = _products(usage.meters)
    book = _contract_book(usage, products, instant)
    landing = out / "landing" / f"{instant:%Y-%m-%d}"
    for folder in (out / "landing", out / "reference"):
        shutil.rmtree(folder, ignore_errors=True)
    _link_or_copy(usage_file, landing / "usage" / usage_file.name)
    write_reference(out / "reference", usage, products, book)
    write_events([(landing, instant)], list(_events(book, out / "reference", instant)))
    (out / "company.yaml").write_text(
        yaml.safe_dump(_company(usage, landing.relative_to(out), instant), sort_keys=False),
        encoding="utf-8",
    )


def _first_instant_after(last_at: datetime) -> datetime:
    """Return the first 06:00 UTC at least one day after the last event."""
    instant = datetime.combine(last_at.date() + timedelta(days=1), _ARRIVAL_TIME)
    return instant if instant >= last_at + timedelta(days=1) else instant + timedelta(days=1)


def _products(meters: tuple[Meter, ...]) -> dict[str, str]:
    """Return the product of each meter: its name as a code, numbered when two would be alike."""
    products: dict[str, str] = {}
    for meter in meters:
        code = re.sub("[^A-Z0-9]+", "-", meter.meter_code.upper()).strip("-") or "USAGE"
        taken = {*products.values(), PLATFORM}
        products[meter.meter_code] = f"{code}-{len(taken)}" if code in taken else code
    return products


def _contract_book(usage: UsageFile, products: dict[str, str], instant: datetime) -> ContractBook:
    term_start = usage.first_at.date().replace(day=1)
    months = _MONTHS_OF_TERM
    while arithmetic.add_months(term_start, months) <= instant.date():
        months += _MONTHS_OF_TERM
    customers = tuple(
        Customer(
            customer_id=f"C-{number:05d}",
            name=subject,
            country="US",
            key=f"customer-{number:05d}",
        )
        for number, subject in enumerate(usage.subjects, start=1)
    )
    return ContractBook(
        customers=customers,
        contracts=tuple(
            _contract(customer, products, term_start, months) for customer in customers
        ),
        usage_first=usage.first_at.date(),
        usage_last=usage.last_at.date(),
    )


def _contract(
    customer: Customer, products: dict[str, str], term_start: date, months: int
) -> Contract:
    contract_id = customer.customer_id.replace("C-", "CT-")
    platform = Line(
        contract_line_id=f"{contract_id}-1",
        product_code=PLATFORM,
        quantity=1,
        unit_price=_PLATFORM_PRICE,
        price_period="month",
        meter_code=None,
        price_id=None,
        typical_quantity=None,
        is_largest=False,
    )
    metered = [
        Line(
            contract_line_id=f"{contract_id}-{number}",
            product_code=product,
            quantity=None,
            unit_price=None,
            price_period=None,
            meter_code=meter,
            price_id=price_id(product),
            typical_quantity=None,
            is_largest=False,
        )
        for number, (meter, product) in enumerate(products.items(), start=2)
    ]
    return Contract(
        contract_id=contract_id,
        schema_version=2,
        customer_id=customer.customer_id,
        legal_entity_code=ENTITY,
        currency=CURRENCY,
        signed=term_start - timedelta(days=1),
        term_start=term_start,
        term_end=arithmetic.add_months(term_start, months) - timedelta(days=1),
        billing_source="billing",
        billing_frequency="monthly",
        billing_timing="advance",
        first_invoice=None,
        tax_code=TAX_CODE,
        pays_after_days=None,
        overpays_by=None,
        silent=None,
        lines=(platform, *metered),
        amendments=(),
        cancellation=None,
        concession=None,
    )


def _events(book: ContractBook, reference: Path, instant: datetime) -> Iterator[LandedEvent]:
    """Yield customers, contracts and the invoices for the platform; use is not billed yet."""
    yield from sales_events(book)
    yield from crm_events(book)
    billing = BillingSystem(
        arithmetic.read_prices(reference),
        arithmetic.read_tax_rates(reference),
        instant.date() - timedelta(days=1),
    )
    for contract in book.contracts:
        for invoice in billing.invoices(contract, {}):
            yield invoice_event(book, invoice)


def _company(usage: UsageFile, landing: Path, instant: datetime) -> dict[str, Any]:
    columns = {
        name: name for name in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS) if name in usage.columns
    }
    metered = {
        source: {
            "format": "usage",
            "files": "usage/*" if number == 0 else f"usage-{number}/*",
            "columns": columns,
        }
        for number, source in enumerate(usage.sources)
    }
    return {
        "company": f"Everybody in {usage.path.name}",
        "book": "primary",
        "demo": {"arrivals": [{"folder": landing.as_posix(), "at": f"{instant.isoformat()}Z"}]},
        "legal_entities": [
            {
                "code": ENTITY,
                "name": "Northwind Inc.",
                "functional_currency": CURRENCY,
                "time_zone": "UTC",
                "calendar": "monthly",
                "erp": "main",
            }
        ],
        "erps": {"main": {"connector": "embedded", "period_closes": []}},
        "sources": {
            "crm": {"format": "cloudevents", "files": "crm/*"},
            "billing": {"format": "cloudevents", "files": "billing/*"},
            **metered,
        },
        "policies": [
            {
                "policy": "usage_billing_tolerance_minor",
                "legal_entity": "*",
                "value": "1",
                "valid_from": usage.valid_from,
            }
        ],
        "posting": [
            {
                "entry_type": entry_type,
                "legal_entity": "*",
                "grain": "summary",
                "cadence": "daily",
                "valid_from": usage.valid_from,
            }
            for entry_type in ENTRY_TYPES
        ],
        "approval_limits": [],
    }


def _link_or_copy(source: Path, target: Path) -> None:
    """Give the file a second name when the disk allows it: usage files are large."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
