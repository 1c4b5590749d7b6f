"""Faults in what the sources send.

Belongs here: events, documents and usage as they should not be.
Does not: files that are damaged on disk (in_stores).
"""

from collections.abc import Callable
from typing import Any

from tests.company import event, land
from tests.fault_matrix.fault import Case, Fault
from tests.fault_matrix.sound_company import (
    calls,
    contract,
    credit,
    invoice,
    land_events,
    land_usage,
    payment,
    seats,
    usage_invoice,
    usage_row,
)

_EVENTS = "events"
_FEBRUARY = ("2026-02-01", "2026-02-28")


def _says(source: str, *documents: Any) -> Callable[[Case], object]:
    return lambda case: land_events(case.company, source, documents)


def _uses(*rows: tuple[str, ...]) -> Callable[[Case], object]:
    return lambda case: land_usage(case.company, *rows)


def _fault(
    name: str, inject: Callable[[Case], object], *caught_by: str, touches: tuple[str, ...] = ()
) -> Fault:
    return Fault(
        name=name,
        where=_EVENTS,
        caught_by=caught_by,
        inject=inject,
        touches=frozenset(touches),
    )


def _deliver_file_again(case: Case) -> None:
    first = case.company / "landing" / "first" / "billing" / "documents.jsonl"
    land(case.company, "second/billing/again.jsonl", first.read_bytes())


def _cut_line(case: Case) -> None:
    land(case.company, "second/crm/cut.jsonl", '{"specversion": "1.0", "id": "cut-in-the-mid')


def _without(document: dict[str, Any], field: str) -> dict[str, Any]:
    del document["data"][field]
    return document


def _version(document: dict[str, Any], version: int) -> dict[str, Any]:
    return document | {"dataschema": f"tieout:{document['type']}:{version}"}


_DELIVERIES = [
    _fault("a file delivered twice", _deliver_file_again, "count duplicates"),
    _fault(
        "an invoice sent twice",
        _says("billing", invoice("I-1", "S1", "2400.00")),
        "count duplicates",
    ),
    _fault(
        "an invoice sent again with another amount under the same id",
        _says("billing", invoice("I-1", "S1", "2500.00")),
        "exception DUPLICATE_KEY_DIFFERENT_BODY",
    ),
    _fault(
        "a usage record delivered twice",
        _uses(usage_row("u1", "S1", "2026-01-10", "1500")),
        "count duplicates",
    ),
    _fault(
        "a usage record delivered again with another quantity",
        _uses(usage_row("u1", "S1", "2026-01-10", "1600")),
        "exception DUPLICATE_KEY_DIFFERENT_BODY",
    ),
    _fault("a line cut off in transit", _cut_line, "exception MALFORMED_ROW"),
    _fault(
        "an event of a kind nobody registered",
        _says("crm", event("subscription.teleported", {}, id="x1")),
        "exception UNKNOWN_EVENT_TYPE",
    ),
    _fault(
        "an event of a version nobody reads",
        _says("billing", _version(invoice("I-9", "S9", "2400.00"), 7)),
        "exception SCHEMA_BREAKING_CHANGE",
    ),
    _fault(
        "an invoice without its currency",
        _says("billing", _without(invoice("I-9", "S9", "2400.00"), "currency")),
        "exception PAYLOAD_INCOMPLETE",
    ),
    _fault(
        "an amount with a tenth of a cent",
        _says("billing", invoice("I-9", "S9", "2400.001")),
        "exception AMOUNT_PRECISION",
    ),
    _fault(
        "a system that says what only people say",
        _says(
            "crm",
            event(
                "hold.placed",
                {
                    "hold_id": "H-1",
                    "subject_type": "contract",
                    "subject_key": "S9",
                    "reason": "Because.",
                    "placed_by": "crm",
                },
                id="x2",
            ),
        ),
        "exception SOURCE_NOT_ALLOWED",
    ),
]

_USAGE = [
    _fault(
        "usage of a month that is closed",
        _uses(usage_row("late", "S1", "2026-01-15", "100")),
        "exception LATE_USAGE_CLOSED_PERIOD",
        touches=("S1",),
    ),
    _fault(
        "usage of a customer nobody knows",
        _uses(usage_row("x", "NOBODY", "2026-02-20", "7")),
        "exception CUSTOMER_UNKNOWN",
    ),
    _fault(
        "usage of a meter nobody sold",
        _uses(usage_row("x", "S9", "2026-02-20", "7", "downloads")),
        "exception CONTRACT_MISSING",
    ),
    _fault(
        "usage before the contract began",
        _uses(usage_row("x", "S9", "2025-12-20", "7")),
        "exception CONTRACT_MISSING",
    ),
    _fault(
        "usage that two contracts sell",
        lambda case: (
            land_events(
                case.company, "crm", [contract("S9B", customer_id="crm-S9", lines=[calls("S9B")])]
            ),
            land_usage(case.company, usage_row("x", "S9", "2026-02-20", "7")),
        ),
        "exception CONTRACT_AMBIGUOUS",
        touches=("S9", "S9B"),
    ),
    _fault(
        "usage below zero",
        _uses(usage_row("x", "S9", "2026-02-20", "-50")),
        "exception USAGE_NEGATIVE",
        touches=("S9",),
    ),
    _fault(
        "usage without a quantity",
        _uses(usage_row("x", "S9", "2026-02-20", "")),
        "exception PAYLOAD_INCOMPLETE",
    ),
    _fault(
        "a usage invoice that bills too much",
        _says("billing", usage_invoice("I-1W", "S1", "25.00", "2026-03-02", _FEBRUARY)),
        "exception CHARGE_BILLING_BREAK",
        touches=("S1",),
    ),
]

_CONTRACTS = [
    _fault(
        "a contract announced twice",
        _says("crm", contract("S9", event_id="again-S9", lines=[seats("S9", quantity="99")])),
        "exception CONTRACT_REPEATED",
    ),
    _fault(
        "a contract that only billing has announced",
        _says("billing", contract("S9N", source="billing", customer_id="billing-S9")),
        "exception CONTRACT_NOT_CONFIRMED",
        touches=("S9N",),
    ),
    _fault(
        "a contract that two systems describe differently",
        _says(
            "billing",
            contract("S9", source="billing", event_id="billing-S9", billing_frequency="monthly"),
        ),
        "exception OWNERSHIP_CONFLICT",
    ),
    _fault(
        "a contract in a currency that does not exist",
        _says("crm", contract("S9Z", customer_id="crm-S9", currency="ZZZ", lines=[seats("S9Z")])),
        "exception CURRENCY_UNKNOWN",
        touches=("S9Z",),
    ),
    _fault(
        "a contract of an entity nobody has",
        _says("crm", contract("S9E", customer_id="crm-S9", legal_entity_code="T-XX")),
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
]

_DOCUMENTS = [
    _fault(
        "an invoice whose total is not the sum of its lines",
        _says("billing", invoice("I-9", "S9", "2400.00", total_amount="2500.00")),
        "exception DOCUMENT_TOTAL_MISMATCH",
        touches=("S9",),
    ),
    _fault(
        "an invoice in another currency than its contract",
        _says("billing", invoice("I-9", "S9", "2400.00", currency="GBP")),
        "exception CURRENCY_MISMATCH",
        touches=("S9",),
    ),
    _fault(
        "an invoice of an entity nobody has",
        _says("billing", invoice("I-9", "S9", "2400.00", legal_entity_code="T-XX")),
        "exception LEGAL_ENTITY_UNKNOWN",
        touches=("S9",),
    ),
    _fault(
        "an invoice with a tax code nobody declared",
        _says("billing", invoice("I-9", "S9", "2400.00", tax_code="MARS")),
        "exception TAX_CODE_UNKNOWN",
        touches=("S9",),
    ),
    _fault(
        "an invoice for a contract nobody announced",
        _says("billing", invoice("I-9", "S0", "2400.00", customer_id="billing-S9")),
        "exception ORPHAN_TRANSACTION",
        touches=("S0",),
    ),
    _fault(
        "an invoice for a product the contract does not sell",
        _says("billing", invoice("I-9", "S9", "2400.00", line={"product_code": "API"})),
        "exception CONTRACT_LINE_MISMATCH",
        touches=("S9",),
    ),
    _fault(
        "an invoice below zero",
        _says("billing", invoice("I-9", "S9", "-10.00")),
        "exception AMOUNT_SIGN_FLIP",
        touches=("S9",),
    ),
    _fault(
        "an invoice number used twice",
        _says("billing", invoice("I-1", "S9", "2400.00") | {"id": "other"}),
        "exception DUPLICATE_DOCUMENT",
    ),
    _fault(
        "a credit above its invoice line",
        _says("billing", credit("C-9", "I-1", "2400.01", "2026-02-20", contract_id="S1")),
        "exception CREDIT_EXCEEDS_INVOICE",
        touches=("S1",),
    ),
    _fault(
        "a credit of an invoice nobody sent",
        _says("billing", credit("C-9", "I-0", "10.00", "2026-02-20", contract_id="S9")),
        "exception ORIGINAL_INVOICE_MISSING",
        touches=("credit:C-9",),
    ),
    _fault(
        "a modification credited above what is unearned",
        _says(
            "billing",
            credit("C-9", "I-1", "2390.00", "2026-02-20", contract_id="S1", basis="modification"),
        ),
        "exception CREDIT_EXCEEDS_UNEARNED",
        touches=("S1",),
    ),
    _fault(
        "a payment of an invoice nobody sent",
        _says("billing", payment("P-9", "I-0", "10.00", "2026-02-20", contract_id="S9")),
        "exception ORIGINAL_INVOICE_MISSING",
        touches=("payment:P-9",),
    ),
    _fault(
        "a payment of an invoice that is held",
        _says(
            "billing",
            invoice("I-9", "S9", "2400.00", tax_code="MARS"),
            payment("P-9", "I-9", "2400.00", "2026-02-20", contract_id="S9"),
        ),
        "exception CREDIT_BLOCKED_BY_INVOICE_ERROR",
        touches=("S9", "payment:P-9"),
    ),
    _fault(
        "a person's hold of a contract nobody knows",
        _says(
            "operator",
            event(
                "hold.placed",
                {
                    "hold_id": "H-1",
                    "subject_type": "contract",
                    "subject_key": "S0",
                    "reason": "Customer disputes the start.",
                    "placed_by": "frida",
                },
                id="h1",
                source="operator",
            ),
        ),
        "exception HOLD_SUBJECT_UNKNOWN",
    ),
]

FAULTS = [*_DELIVERIES, *_USAGE, *_CONTRACTS, *_DOCUMENTS]
