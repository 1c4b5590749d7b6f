"""Faults in usage and in what is billed for it.

Belongs here: usage records and usage invoices as they should not be.
Does not: usage that arrives badly (in_deliveries).
"""

from tests.fault_matrix.fault import strikes
from tests.fault_matrix.landings import corrects, land_events, land_usage, says, uses
from tests.fault_matrix.sound_documents import (
    calls,
    contract,
    replacement,
    usage_cancellation,
    usage_invoice,
    usage_row,
)

_FEBRUARY = ("2026-02-01", "2026-02-28")
_fault = strikes("events")


FAULTS = [
    _fault(
        "usage of a month that is closed",
        uses(usage_row("late", "S1", "2026-01-15", "100")),
        "exception LATE_USAGE_CLOSED_PERIOD",
        touches=("S1",),
    ),
    _fault(
        "usage of a customer nobody knows",
        uses(usage_row("x", "NOBODY", "2026-02-20", "7")),
        "exception CUSTOMER_UNKNOWN",
    ),
    _fault(
        "usage of a meter nobody sold",
        uses(usage_row("x", "S9", "2026-02-20", "7", "downloads")),
        "exception CONTRACT_MISSING",
    ),
    _fault(
        "usage before the contract began",
        uses(usage_row("x", "S9", "2025-12-20", "7")),
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
        "usage of a year that nobody keeps",
        uses(usage_row("x", "S9", "2024-02-20", "7")),
        "exception USAGE_TOO_OLD",
    ),
    _fault(
        "usage below zero",
        uses(usage_row("x", "S9", "2026-02-20", "-50")),
        "exception USAGE_NEGATIVE",
        touches=("S9",),
    ),
    _fault(
        "usage that was invoiced in a closed month is cancelled",
        corrects(usage_cancellation("c1", "u1")),
        "exception LATE_USAGE_CLOSED_PERIOD",
        "exception CHARGE_BILLING_BREAK",
        touches=("S1",),
    ),
    _fault(
        "usage that is corrected twice",
        corrects(
            replacement("x1", "S1", "2026-03-02", "30", "u4"),
            replacement("x2", "S1", "2026-03-02", "35", "u4"),
        ),
        "exception USAGE_CORRECTED_TWICE",
        touches=("S1",),
    ),
    _fault(
        "a usage record that replaces one and cancels another",
        corrects((*usage_row("x1", "S1", "2026-03-02", "30"), "u4", "u2")),
        "exception USAGE_CORRECTION_UNCLEAR",
    ),
    _fault(
        "a cancellation of usage that nobody sent",
        corrects(usage_cancellation("c1", "u99")),
        "exception USAGE_CORRECTION_WAITS",
    ),
    _fault(
        "usage without a quantity",
        uses(usage_row("x", "S9", "2026-02-20", "")),
        "exception PAYLOAD_INCOMPLETE",
    ),
    _fault(
        "a usage invoice that bills too much",
        says("billing", usage_invoice("I-1W", "S1", "25.00", "2026-03-02", _FEBRUARY)),
        "exception CHARGE_BILLING_BREAK",
        touches=("S1",),
    ),
]
