"""Faults in the company folder: reference data and settings.

Belongs here: what an adopter may get wrong, forget or change behind the books.
Does not: events (in_deliveries to in_documents).
"""

from collections.abc import Callable

from tests.fault_matrix.fault import Case, strikes
from tests.fault_matrix.landings import land_events
from tests.fault_matrix.sound_documents import invoice

_fault = strikes("reference data")

_ALL = frozenset(f"S{number}" for number in range(1, 10))


def _changes(table: str, old: str, new: str) -> Callable[[Case], object]:
    return lambda case: case.replace(case.reference(table), old, new)


def _settings(old: str, new: str) -> Callable[[Case], object]:
    return lambda case: case.replace(case.company / "company.yaml", old, new)


def _begin_prices_in_march(case: Case) -> None:
    case.replace(
        case.reference("prices"), "USD,graduated,,,2025-01-01", "USD,graduated,,,2026-03-05"
    )
    case.replace(case.reference("price_tiers"), ",0,2025-01-01", ",0,2026-03-05")


def _bill_in_an_unmapped_entity(case: Case) -> None:
    case.replace(case.reference("gl_mappings"), "T-DE,*,tax_payable,2200,2025-01-01\n", "")
    document = invoice("I-9", "S3", "100.00", tax="19.00", tax_code="DE19", on="2026-03-01")
    land_events(case.company, "billing", [document])


FAULTS = [
    _fault(
        "no account is mapped for a role in one entity",
        _bill_in_an_unmapped_entity,
        "exception GL_MAPPING_MISSING",
        touches=("S3",),
    ),
    _fault(
        "a mapping points elsewhere for periods that are booked",
        _changes("gl_mappings", "T-DE,PLAN,revenue,4000", "T-DE,PLAN,revenue,4100"),
        "exception CHANGE_AWAITS_APPROVAL",
        touches=("S3",),
    ),
    _fault(
        "a customer is deactivated",
        _changes("customers", "cust-S3,active", "cust-S3,inactive"),
        "exception CUSTOMER_INACTIVE",
        touches=("S3",),
    ),
    _fault(
        "a customer's id in billing is forgotten",
        _changes("customer_references", "billing,billing-S3,cust-S3\n", ""),
        "exception CUSTOMER_UNKNOWN",
        touches=("S3",),
    ),
    _fault(
        "an exchange rate is forgotten",
        _changes("fx_rates", "JPY,USD,0.0065,2025-01-01\n", ""),
        "exception MISSING_FX_RATE",
        touches=("S5",),
    ),
    _fault(
        "an exchange rate is changed for days that are booked",
        _changes("fx_rates", "JPY,USD,0.0065,2025-01-01", "JPY,USD,0.0067,2025-01-01"),
        "exception CHANGE_AWAITS_APPROVAL",
        touches=("S5",),
    ),
    _fault(
        "a price is changed for usage that is booked",
        _changes("price_tiers", "api-usd,1,1000,0.10,", "api-usd,1,1000,0.11,"),
        "exception CHANGE_AWAITS_APPROVAL",
        touches=("S1", "S8"),
    ),
    _fault(
        "a tax code is declared too late",
        _changes("tax_codes", "T-DE,DE19,0.19,DE,2025-01-01", "T-DE,DE19,0.19,DE,2026-02-01"),
        "exception TAX_CODE_UNKNOWN",
        touches=("S3",),
    ),
    _fault(
        "a price list begins after the usage",
        _begin_prices_in_march,
        "exception PRICE_MISSING",
        touches=("S1", "S8"),
    ),
    _fault(
        "the approval limit is lowered to a cent",
        _settings(
            'legal_entity: T-DE, entry_type: "*", above: "1000000.00"',
            'legal_entity: T-DE, entry_type: "*", above: "0.01"',
        ),
        "exception POSTING_AWAITS_APPROVAL",
    ),
    _fault(
        "every period is closed in the ERP",
        _settings(
            "{through: 2026-01, at: 2026-02-15T00:00:00Z}",
            "{through: 2027-12, at: 2026-02-15T00:00:00Z}",
        ),
        "exception NO_OPEN_PERIOD",
        touches=_ALL,
    ),
    _fault(
        "a mapped account is not in the chart",
        _changes("gl_mappings", "T-US,*,cash,1000", "T-US,*,cash,1999"),
        "refused CompanyError",
    ),
    _fault(
        "a rate that is no number",
        _changes("fx_rates", "JPY,USD,0.0065", "JPY,USD,about 0.0065"),
        "refused CompanyError",
    ),
    _fault(
        "a time zone that does not exist",
        _settings("time_zone: Europe/Berlin", "time_zone: Europe/Bonn"),
        "refused CompanyError",
    ),
    _fault(
        "two rows for one price from the same day on",
        _changes(
            "price_tiers",
            "api-usd,2,,0.08,0,2025-01-01\n",
            "api-usd,2,,0.08,0,2025-01-01\napi-usd,2,,0.07,0,2025-01-01\n",
        ),
        "refused CompanyError",
    ),
]
