"""Events about subscriptions: the life of a contract.

Belongs here: subscription.created (two versions), subscription.amended, subscription.cancelled,
subscription.paused, subscription.resumed, renewal.accepted.
Does not: turning version 1 into version 2 (upcasters).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.fields import (
    Contract,
    Currency,
    Identifier,
    LowerCase,
    Quantity,
    ServiceDate,
    UnitPrice,
    require_holdable,
    require_unique,
)

BillingFrequency = Annotated[Literal["annual", "quarterly", "monthly"], LowerCase]
BillingTiming = Annotated[Literal["advance", "arrears"], LowerCase]
_QUOTE = Field(default=None, description="The accepted quote these terms come from.")


class SubscriptionLine(Contract):
    """One thing that is sold: a fixed price per period, or metered usage."""

    contract_line_id: Identifier
    product_code: Identifier
    line_kind: Annotated[Literal["fixed", "usage"], LowerCase]
    quantity: Quantity | None = Field(default=None, description="Fixed lines: how many.")
    unit_price: UnitPrice | None = Field(default=None, description="Fixed lines: price of one.")
    price_period: Annotated[Literal["year", "month"], LowerCase] | None = Field(
        default=None, description="Fixed lines: what unit_price pays for."
    )
    meter_code: Identifier | None = Field(default=None, description="Usage lines: the meter.")
    price_id: Identifier | None = Field(default=None, description="Usage lines: the price list.")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        needed = (
            ("quantity", "unit_price", "price_period")
            if self.line_kind == "fixed"
            else ("meter_code", "price_id")
        )
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise PydanticCustomError(
                "missing",
                "{kind} line {line} has no {fields}",
                {
                    "kind": self.line_kind,
                    "line": self.contract_line_id,
                    "fields": ", ".join(missing),
                },
            )
        return self

    @model_validator(mode="after")
    def _price_can_be_held(self) -> Self:
        if self.quantity is not None and self.unit_price is not None:
            require_holdable(self.quantity, self.unit_price)
        return self


class _Term(Contract):
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    legal_entity_code: Identifier
    currency: Currency
    term_start: ServiceDate = Field(description="First day of service.")
    term_end: ServiceDate = Field(description="Last day of service.")
    billing_frequency: BillingFrequency
    billing_timing: BillingTiming

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.term_end < self.term_start:
            raise PydanticCustomError(
                "term_order",
                "the term ends on {end}, before it starts on {start}",
                {"end": str(self.term_end), "start": str(self.term_start)},
            )
        return self


class _Terms(_Term):
    contract_id: Identifier
    subscription_id: Identifier


class SubscriptionCreatedV1(_Terms):
    """A contract as the first version told it: one plan, seats and a price per seat and year."""

    plan_code: Identifier
    seats: Quantity
    price_per_seat_year: UnitPrice

    @model_validator(mode="after")
    def _price_can_be_held(self) -> Self:
        require_holdable(self.seats, self.price_per_seat_year)
        return self


class SubscriptionCreated(_Terms):
    """A contract begins."""

    quote_id: Identifier | None = _QUOTE
    lines: list[SubscriptionLine] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_line_is_named_once(self) -> Self:
        require_unique([line.contract_line_id for line in self.lines], "contract line")
        return self


class SubscriptionAmended(Contract):
    """The terms of a contract change from a day on."""

    contract_id: Identifier
    amendment_id: Identifier
    amendment_type: Annotated[
        Literal[
            "upgrade",
            "downgrade",
            "seat_change",
            "add_on",
            "plan_switch",
            "usage_reduction",
            "renewal",
        ],
        LowerCase,
    ]
    timing: Annotated[Literal["immediate", "at_renewal"], LowerCase]
    effective_date: ServiceDate = Field(description="First day of the new terms.")
    term_end: ServiceDate = Field(description="Last day of service after the change.")
    quote_id: Identifier | None = _QUOTE
    lines: list[SubscriptionLine] = Field(
        min_length=1, description="The complete set of lines from effective_date on."
    )

    @model_validator(mode="after")
    def _each_line_is_named_once(self) -> Self:
        require_unique([line.contract_line_id for line in self.lines], "contract line")
        return self


class SubscriptionCancelled(Contract):
    """A contract ends before its term."""

    contract_id: Identifier
    effective_date: ServiceDate = Field(description="First day without service.")
    policy: Annotated[
        Literal["at_period_end", "immediate_credit", "immediate_no_refund"], LowerCase
    ]
    access_until: ServiceDate = Field(description="Last day of service.")


class SubscriptionPaused(Contract):
    """Service of a contract is suspended, or its billing alone is paused."""

    contract_id: Identifier
    pause_id: Identifier = Field(description="Names the pause; its resume names it too.")
    effective_date: ServiceDate = Field(description="First day of the pause.")
    mode: Annotated[Literal["suspend_extend", "continue"], LowerCase] = Field(
        description="suspend_extend: no access and no revenue, the term ends later by the days "
        "paused. continue: access stays, only billing pauses."
    )


class SubscriptionResumed(Contract):
    """A pause is over."""

    contract_id: Identifier
    pause_id: Identifier = Field(description="The pause that ends.")
    effective_date: ServiceDate = Field(description="First day of service again.")


class RenewalAccepted(_Term):
    """A customer renews: a new term, of the same contract or of a new one that follows it."""

    renewal_id: Identifier
    contract_id: Identifier = Field(description="The contract that is renewed.")
    new_contract_id: Identifier = Field(
        description="The contract of the new term; may be the same one."
    )
    auto_renew: bool = Field(description="Renewed by itself, on the terms that were.")
    price_change_reason: Identifier | None = Field(
        default=None, description="Why a price changed, when one did."
    )
    treatment: Annotated[Literal["new_contract", "prospective"], LowerCase] = Field(
        description="new_contract: the term before has run out. prospective: it has not."
    )
    quote_id: Identifier | None = _QUOTE
    lines: list[SubscriptionLine] = Field(
        min_length=1, description="The complete set of lines of the new term."
    )

    @model_validator(mode="after")
    def _each_line_is_named_once(self) -> Self:
        require_unique([line.contract_line_id for line in self.lines], "contract line")
        return self
