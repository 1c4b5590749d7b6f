"""Events by people who write entries themselves: adjustments, opening balances, their reversals.

Belongs here: adjustment.posted, adjustment.reversed, what refuses an entry that cannot be booked.
Does not: accounts and rates (reference data), what a closed period does (dbt).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.fields import (
    Amount,
    Contract,
    Currency,
    Identifier,
    LowerCase,
    ServiceDate,
    require_exact,
    require_unique,
)
from ingestion.reference_tables import ACCOUNT_ROLES

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _known_role(role: str) -> str:
    if role not in ACCOUNT_ROLES:
        raise PydanticCustomError(
            "account_role",
            "'{role}' is no account role; use one of {roles}",
            {"role": role, "roles": ", ".join(ACCOUNT_ROLES)},
        )
    return role


def _positive(amount: str) -> str:
    if Decimal(amount) <= 0:
        raise PydanticCustomError(
            "adjustment_amount",
            "{amount} is not above zero; write the amount and choose the side",
            {"amount": amount},
        )
    return amount


_PositiveAmount = Annotated[Amount, AfterValidator(_positive)]
_Role = Annotated[
    Identifier,
    LowerCase,
    AfterValidator(_known_role),
    Field(json_schema_extra={"enum": list(ACCOUNT_ROLES)}),
]


class AdjustmentLine(Contract):
    """One debit or credit; the account is the one the company maps to the role."""

    adjustment_line_id: Identifier
    account_role: _Role
    product_code: Identifier | None = None
    contract_id: Identifier | None = None
    contract_line_id: Identifier | None = None
    side: Annotated[Literal["debit", "credit"], LowerCase]
    amount: _PositiveAmount
    functional_amount: _PositiveAmount | None = Field(
        default=None,
        description="Major units of the functional currency, where history knows them; all lines "
        "or none.",
    )

    @model_validator(mode="after")
    def _names_the_contract_of_its_line(self) -> Self:
        if self.contract_line_id is not None and self.contract_id is None:
            raise PydanticCustomError(
                "adjustment_contract",
                "line {line} names contract line {contract_line} without its contract",
                {"line": self.adjustment_line_id, "contract_line": self.contract_line_id},
            )
        return self


class AdjustmentPosted(Contract):
    """A person books an adjustment or an opening balance; only the source `operator` may say it.

    It moves accounts and leaves the contracts' schedules alone.
    """

    adjustment_id: Identifier = Field(description="Names the entry; another one needs another id.")
    kind: Annotated[Literal["adjustment", "opening_balance"], LowerCase]
    legal_entity_code: Identifier
    currency: Currency
    effective_date: ServiceDate
    reason: _Words = Field(description="Why, in words others can read.")
    support: _Words | None = Field(default=None, description="Where the evidence is.")
    prepared_by: Identifier = Field(description="Who wrote it.")
    approved_by: Identifier = Field(description="Who agreed; another person.")
    reverses_on: ServiceDate | None = Field(
        default=None, description="The day the opposite entry is made by itself."
    )
    lines: list[AdjustmentLine] = Field(min_length=2)

    @model_validator(mode="after")
    def _each_line_is_named_once(self) -> Self:
        require_unique([line.adjustment_line_id for line in self.lines], "adjustment line")
        return self

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        require_exact([line.amount for line in self.lines], self.currency)
        return self

    @model_validator(mode="after")
    def _balances(self) -> Self:
        _require_balance(self.lines, [line.amount for line in self.lines], self.currency)
        functional = [line.functional_amount for line in self.lines]
        known = [amount for amount in functional if amount is not None]
        if known and len(known) < len(functional):
            raise PydanticCustomError(
                "adjustment_functional",
                "{known} of {lines} lines have a functional amount; give it on all of them or "
                "on none",
                {"known": len(known), "lines": len(functional)},
            )
        if known:
            _require_balance(self.lines, known, "in functional currency")
        return self

    @model_validator(mode="after")
    def _is_reversed_later(self) -> Self:
        if self.reverses_on is not None and self.reverses_on <= self.effective_date:
            raise PydanticCustomError(
                "adjustment_reversal",
                "it reverses on {reverses_on}, which is not after its effective date {effective}",
                {"reverses_on": str(self.reverses_on), "effective": str(self.effective_date)},
            )
        return self

    @model_validator(mode="after")
    def _four_eyes(self) -> Self:
        _require_two_people(self.prepared_by, self.approved_by)
        return self


class AdjustmentReversed(Contract):
    """A person undoes an adjustment or opening balance; only the source `operator` may say it.

    The exact opposite is booked on the effective date, in both currencies.
    """

    adjustment_id: Identifier = Field(description="What is undone.")
    reversal_id: Identifier = Field(description="Names the reversal.")
    effective_date: ServiceDate
    reason: _Words = Field(description="Why, in words others can read.")
    prepared_by: Identifier = Field(description="Who wrote it.")
    approved_by: Identifier = Field(description="Who agreed; another person.")

    @model_validator(mode="after")
    def _four_eyes(self) -> Self:
        _require_two_people(self.prepared_by, self.approved_by)
        return self


def _require_balance(lines: Sequence[AdjustmentLine], amounts: Sequence[str], unit: str) -> None:
    totals = {"debit": Decimal(0), "credit": Decimal(0)}
    for line, amount in zip(lines, amounts, strict=True):
        totals[line.side] += Decimal(amount)
    if totals["debit"] != totals["credit"]:
        raise PydanticCustomError(
            "adjustment_unbalanced",
            "debits come to {debit} {unit} and credits to {credit} {unit}; they must be the same",
            {
                "debit": f"{totals['debit']:,f}",
                "credit": f"{totals['credit']:,f}",
                "unit": unit,
            },
        )


def _require_two_people(prepared_by: str, approved_by: str) -> None:
    if prepared_by.casefold() == approved_by.casefold():
        raise PydanticCustomError(
            "four_eyes",
            "{person} prepared it and approved it; somebody else has to approve",
            {"person": approved_by},
        )
