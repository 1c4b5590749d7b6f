"""Faults in contracts as the sources announce them.

Belongs here: announcements of contracts as they should not be.
Does not: documents of a contract (in_documents).
"""

from typing import Any

from tests.company import event
from tests.fault_matrix.fault import strikes
from tests.fault_matrix.landings import land_events, land_usage, says
from tests.fault_matrix.sound_documents import calls, contract, seats, usage_row

_fault = strikes("events")


def _amended(name: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    data = {
        "contract_id": name,
        "amendment_id": f"A-{name}",
        "amendment_type": "add_on",
        "timing": "immediate",
        "effective_date": "2026-03-01",
        "term_end": "2026-12-31",
        "lines": lines,
    }
    return event("subscription.amended", data, id=f"amended-{name}", time="2026-02-27T10:00:00Z")


def _granted(contract_id: str) -> dict[str, Any]:
    data = {
        "grant_id": f"G-{contract_id}",
        "contract_id": contract_id,
        "contract_line_id": f"{contract_id}-9",
        "product_code": "API",
        "currency": "USD",
        "credit_amount": "100.00",
        "price_amount": "80.00",
        "effective_date": "2026-02-01",
    }
    return event("prepaid_credit.granted", data, id=f"granted-{contract_id}")


FAULTS = [
    _fault(
        "a contract announced twice",
        says("crm", contract("S9", event_id="again-S9", lines=[seats("S9", quantity="99")])),
        "exception CONTRACT_REPEATED",
    ),
    _fault(
        "a contract that only billing has announced",
        says("billing", contract("S9N", source="billing", customer_id="billing-S9")),
        "exception CONTRACT_NOT_CONFIRMED",
        touches=("S9N",),
    ),
    _fault(
        "a contract that two systems describe differently",
        says(
            "billing",
            contract("S9", source="billing", event_id="billing-S9", billing_frequency="monthly"),
        ),
        "exception OWNERSHIP_CONFLICT",
    ),
    _fault(
        "a contract in a currency that does not exist",
        says("crm", contract("S9Z", customer_id="crm-S9", currency="ZZZ", lines=[seats("S9Z")])),
        "exception CURRENCY_UNKNOWN",
        touches=("S9Z",),
    ),
    _fault(
        "a contract of an entity nobody has",
        says("crm", contract("S9E", customer_id="crm-S9", legal_entity_code="T-XX")),
        "exception LEGAL_ENTITY_UNKNOWN",
        touches=("S9E",),
    ),
    _fault(
        "a contract with a price that is not in the list",
        lambda case: (
            land_events(
                case.company,
                "crm",
                [contract("S9P", customer_id="crm-S9P", lines=[calls("S9P", price_id="nope")])],
            ),
            case.replace(
                case.reference("customers"), "cust-S9,", "cust-S9P,active,US,2025-01-01\ncust-S9,"
            ),
            case.replace(
                case.reference("customer_references"),
                "crm,crm-S9,",
                "crm,crm-S9P,cust-S9P\nmetering,metering-S9P,cust-S9P\ncrm,crm-S9,",
            ),
            land_usage(case.company, usage_row("x", "S9P", "2026-02-20", "7")),
        ),
        "exception PRICE_MISSING",
        touches=("S9P",),
    ),
    _fault(
        "an amendment whose price is not in the list",
        says("crm", _amended("S9", [seats("S9"), calls("S9", price_id="nope")])),
        "exception AMENDMENT_INCOMPLETE",
        touches=("S9",),
    ),
    _fault(
        "prepaid credit of a contract nobody announced",
        says("crm", _granted("S0")),
        "exception PREPAID_CREDIT_REFUSED",
    ),
]
