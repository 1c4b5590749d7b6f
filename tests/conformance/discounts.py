"""Cases of discounts: bills, their fees and coupons as rows.

Belongs here: translating what a case of a discount states.
Does not: reducing or spreading anything (the macros do).
"""

from collections.abc import Callable
from typing import Any

from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs

Row = dict[str, Any]


def translate(case_id: str, kind: str, inputs: Inputs) -> tuple[str, Rows]:  # noqa: ARG001
    """Return the query of discounts and the rows of a case."""
    inputs.text("currency")
    method = inputs.choice("discount_type", *_TYPES)
    bill, rows = _TYPES[method](case_id, inputs)
    bill = {"case_id": case_id, "method": method} | bill | _rounding(method, inputs)
    inputs.end()
    return "discounts", {"bills": [bill], **rows}


def _rounding(method: str, inputs: Inputs) -> Row:
    rounding = inputs.rounding()
    if method == "allocate" and rounding["rounding_mode"] != "largest_remainder":
        return rounding | {"rounding_decimals": None}
    return rounding


def _coupons(case_id: str, inputs: Inputs) -> tuple[Row, Rows]:
    order = inputs.choice("order", "percent_first", "fixed_first", "given", default=None)
    coupons = [
        {
            "case_id": case_id,
            "position": position,
            "coupon_order": None if order == "given" else order,
            **_coupon_value(coupon),
            "already_used": coupon.amount("already_used") or "0",
        }
        for position, coupon in enumerate(inputs.parts("coupons"))
    ]
    return {}, {"bill_items": _fees(case_id, inputs), "coupons": coupons}


def _coupon_value(coupon: Inputs) -> Row:
    coupon_type = coupon.choice("type", "fixed", "percent")
    coupon.needs("amount" if coupon_type == "fixed" else "percent")
    return {
        "coupon_type": coupon_type,
        "amount": coupon.amount("amount"),
        "percent": coupon.percent("percent"),
    }


def _spread(case_id: str, inputs: Inputs) -> tuple[Row, Rows]:
    return {"amount": inputs.amount("amount")}, {"bill_items": _fees(case_id, inputs)}


def _allocate(case_id: str, inputs: Inputs) -> tuple[Row, Rows]:
    tie_break = inputs.choice("tie_break", "position", "key")
    items = [
        {
            "case_id": case_id,
            "position": position,
            "item_key": item.text("key"),
            "amount": item.amount("weight"),
            "tie_break": tie_break,
        }
        for position, item in enumerate(inputs.parts("items", "key", "weight"))
    ]
    return {"amount": inputs.amount("amount")}, {"bill_items": items}


def _usage_quantity(case_id: str, inputs: Inputs) -> tuple[Row, Rows]:  # noqa: ARG001
    inputs.needs("discount_quantity", "quantity")
    bill = {
        "amount": inputs.quantity("discount_quantity"),
        "quantity": inputs.quantity("quantity"),
        "quantity_before": inputs.quantity("quantity_before", "0"),
    }
    return bill, {}


def _fees(case_id: str, inputs: Inputs) -> list[Row]:
    return [
        {
            "case_id": case_id,
            "position": position,
            "amount": inputs.exact(amount, decimals=12, digits=12),
        }
        for position, amount in enumerate(inputs.items("fees"))
    ]


_TYPES: dict[str, Callable[[str, Inputs], tuple[Row, Rows]]] = {
    "coupons": _coupons,
    "spread": _spread,
    "allocate": _allocate,
    "usage_quantity": _usage_quantity,
}
