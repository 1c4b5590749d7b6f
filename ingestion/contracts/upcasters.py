"""Old versions of events, rewritten into the next one.

Belongs here: one function per (type, version) that is no longer the latest.
Does not: repairing bad data: an upcaster sees valid events only.
"""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def subscription_created_from_1_to_2(data: Data) -> Data:
    """Turn a plan with seats into one fixed line priced per year."""
    old = ("plan_code", "seats", "price_per_seat_year")
    line = {
        "contract_line_id": f"{data['contract_id']}-1",
        "product_code": data["plan_code"],
        "line_kind": "fixed",
        "quantity": data["seats"],
        "unit_price": data["price_per_seat_year"],
        "price_period": "year",
    }
    return {key: value for key, value in data.items() if key not in old} | {"lines": [line]}


UPCASTERS: dict[tuple[str, int], Callable[[Data], Data]] = {
    ("subscription.created", 1): subscription_created_from_1_to_2,
}
