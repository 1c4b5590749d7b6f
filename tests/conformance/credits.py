"""Cases of credits: lines, wallets and grants as rows.

Belongs here: translating what a case of a credit states.
Does not: paying or burning anything (the macros do).
"""

from collections.abc import Callable
from typing import Any

from core.money import currency_exponents
from tests.conformance.batch import Rows
from tests.conformance.inputs import Inputs, UnsupportedError

Row = dict[str, Any]


def translate(case_id: str, kind: str, inputs: Inputs) -> tuple[str, Rows]:  # noqa: ARG001
    """Return the query of credits and the rows of a case."""
    currency = inputs.text("currency", "USD")
    method = inputs.choice("method", *_METHODS)
    rounding = inputs.rounding()
    if rounding["rounding_decimals"] is None:
        rounding["rounding_decimals"] = currency_exponents().get(currency)
    bill = {"case_id": case_id, "method": method, **rounding}
    rows = _METHODS[method](case_id, inputs)
    inputs.end()
    return "credits", {"bills": [bill], **rows}


def _apply_to_lines(case_id: str, inputs: Inputs) -> Rows:
    lines = [
        {
            "case_id": case_id,
            "position": position,
            "amount": inputs.exact(amount, decimals=12, digits=12),
        }
        for position, amount in enumerate(inputs.items("line_amounts"))
    ]
    credits_given = [
        {
            "case_id": case_id,
            "position": position,
            "wallet_id": credit.text("id"),
            "balance": credit.amount("amount"),
        }
        for position, credit in enumerate(inputs.parts("credits", "id", "amount"))
    ]
    return {"bill_items": lines, "wallets": credits_given}


def _wallets(case_id: str, inputs: Inputs) -> Rows:
    fees = [
        {
            "case_id": case_id,
            "position": position,
            "amount": fee.amount("amount"),
            "fee_type": fee.text("type"),
        }
        for position, fee in enumerate(inputs.parts("fees", "type", "amount"))
    ]
    wallets = [
        {
            "case_id": case_id,
            "position": position,
            "wallet_id": wallet.text("id"),
            "balance": wallet.amount("balance"),
            "priority": wallet.integer("priority"),
            "only_fee_type": wallet.text("only"),
        }
        for position, wallet in enumerate(inputs.parts("wallets", "id", "balance", "priority"))
    ]
    return {"bill_items": fees, "wallets": wallets}


def _metered_grants(case_id: str, inputs: Inputs) -> Rows:
    inputs.needs("start", "until")
    span = {
        "case_id": case_id,
        "start_at": inputs.instant("start"),
        "until_at": inputs.instant("until"),
    }
    grants = [
        _grant(case_id, position, grant, span["start_at"])
        for position, grant in enumerate(inputs.parts("grants", "id", "amount", "effective_at"))
    ]
    usages = [
        {
            "case_id": case_id,
            "position": position,
            "occurred_at": usage.instant("timestamp"),
            "quantity": usage.amount("quantity"),
        }
        for position, usage in enumerate(inputs.parts("usage", "timestamp", "quantity"))
    ]
    return {"spans": [span], "grants": grants, "usages": usages}


def _grant(case_id: str, position: int, grant: Inputs, start_at: str) -> Row:
    row = {
        "case_id": case_id,
        "position": position,
        "grant_id": grant.text("id"),
        "amount": grant.amount("amount"),
        "starting_balance": _starting_balance(grant, start_at),
        "effective_at": grant.instant("effective_at"),
        "expires_at": grant.instant("expires_at"),
        "voided_at": grant.instant("voided_at"),
        "priority": grant.integer("priority", 0),
    }
    recurrence = grant.raw("recurrence", None)
    if recurrence is not None:
        repeated = Inputs(recurrence)
        row |= {
            "every_days": repeated.integer("every_days"),
            "anchor_at": repeated.instant("anchor", grant.raw("effective_at")),
        }
        repeated.end()
        if not row["every_days"]:
            raise UnsupportedError("How often the grant recurs is not said.")
    return row


def _starting_balance(grant: Inputs, start_at: str) -> str | None:
    balance = grant.amount("starting_balance")
    if balance is not None and grant.instant("effective_at") > start_at:
        raise UnsupportedError("A grant has a balance before it is effective.")
    return balance


_METHODS: dict[str, Callable[[str, Inputs], Rows]] = {
    "apply_to_lines": _apply_to_lines,
    "wallets": _wallets,
    "metered_grants": _metered_grants,
}
