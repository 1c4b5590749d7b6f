"""Faults in how events arrive: again, cut off, or in a form nobody reads.

Belongs here: deliveries of sources and the envelope of an event.
Does not: what an event says (in_usage, in_contracts, in_documents), our own files (in_stores).
"""

from typing import Any

from tests.company import event, land
from tests.fault_matrix.fault import Case, strikes
from tests.fault_matrix.landings import says, uses
from tests.fault_matrix.sound_documents import invoice, usage_row

_fault = strikes("events")


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


FAULTS = [
    _fault("a file delivered twice", _deliver_file_again, "count duplicates"),
    _fault(
        "an invoice sent twice",
        says("billing", invoice("I-1", "S1", "2400.00")),
        "count duplicates",
    ),
    _fault(
        "an invoice sent again with another amount under the same id",
        says("billing", invoice("I-1", "S1", "2500.00")),
        "exception DUPLICATE_KEY_DIFFERENT_BODY",
    ),
    _fault(
        "a usage record delivered twice",
        uses(usage_row("u1", "S1", "2026-01-10", "1500")),
        "count duplicates",
    ),
    _fault(
        "a usage record delivered again with another quantity",
        uses(usage_row("u1", "S1", "2026-01-10", "1600")),
        "exception DUPLICATE_KEY_DIFFERENT_BODY",
    ),
    _fault("a line cut off in transit", _cut_line, "exception MALFORMED_ROW"),
    _fault(
        "an event of a kind nobody registered",
        says("crm", event("subscription.teleported", {}, id="x1")),
        "exception UNKNOWN_EVENT_TYPE",
    ),
    _fault(
        "an event of a version nobody reads",
        says("billing", _version(invoice("I-9", "S9", "2400.00"), 7)),
        "exception SCHEMA_BREAKING_CHANGE",
    ),
    _fault(
        "an invoice without its currency",
        says("billing", _without(invoice("I-9", "S9", "2400.00"), "currency")),
        "exception PAYLOAD_INCOMPLETE",
    ),
    _fault(
        "an amount with a tenth of a cent",
        says("billing", invoice("I-9", "S9", "2400.001")),
        "exception AMOUNT_PRECISION",
    ),
    _fault(
        "a system that says what only people say",
        says(
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
