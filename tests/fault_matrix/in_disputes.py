"""Faults in what the payment provider says of disputes.

Belongs here: disputes and verdicts that contradict what is known, and money that leaves twice.
Does not: other documents (in_documents).
"""

from typing import Any

from tests.company import event
from tests.fault_matrix.fault import strikes
from tests.fault_matrix.landings import says

_fault = strikes("events")
_FRAME = {"customer_id": "billing-S1", "legal_entity_code": "T-US", "currency": "USD"}


def _opened(amount: str, payment_id: str = "P-1") -> dict[str, Any]:
    """Return a dispute of the payment of I-1, of 2,400.00."""
    data = {
        "dispute_id": "DP-1",
        "payment_id": payment_id,
        "invoice_id": "I-1",
        "amount": amount,
        "fee": "15.00",
        "reason_code": "fraudulent",
        "opened_date": "2026-02-20",
    }
    return event("dispute.opened", _FRAME | data, id="dp1", source="billing")


def _decided(verdict: str, day: str) -> dict[str, Any]:
    return event(
        f"dispute.{verdict}",
        _FRAME | {"dispute_id": "DP-1", "verdict_date": day},
        id=f"dp1-{verdict}",
        source="billing",
        time=f"{day}T10:00:00Z",
    )


def _refunded(amount: str) -> dict[str, Any]:
    data = {"refund_id": "R-1", "payment_id": "P-1", "amount": amount, "refund_date": "2026-02-25"}
    return event("refund.issued", _FRAME | data, id="r1", source="billing")


FAULTS = (
    _fault(
        "a dispute of a payment nobody sent",
        says("billing", _opened("100.00", "P-0")),
        "exception DISPUTED_PAYMENT_MISSING",
        touches=("S1", "dispute:DP-1"),
    ),
    _fault(
        "a dispute over more than was paid",
        says("billing", _opened("2400.01")),
        "exception DISPUTE_EXCEEDS_PAYMENT",
        touches=("S1", "dispute:DP-1"),
    ),
    _fault(
        "a verdict of a dispute nobody opened",
        says("billing", _decided("lost", "2026-02-25")),
        "exception DISPUTE_MISSING",
        touches=("dispute_lost:DP-1",),
    ),
    _fault(
        "a dispute decided twice",
        says(
            "billing",
            _opened("100.00"),
            _decided("won", "2026-02-25"),
            _decided("lost", "2026-02-26"),
        ),
        "exception DUPLICATE_DOCUMENT",
        touches=("S1",),
    ),
    _fault(
        "money refunded while it is disputed",
        says("billing", _opened("2400.00"), _refunded("2400.00")),
        "exception MONEY_IN_DISPUTE",
        touches=("S1", "refund:R-1"),
    ),
)
