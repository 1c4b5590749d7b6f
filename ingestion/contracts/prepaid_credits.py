"""Events about prepaid credit: what a customer may use of it, until when, and what it cost.

Belongs here: prepaid_credit.granted.
Does not: the invoice that asks for its price (billing), or what pays which charge (the models).
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
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

_LONGEST_MONTHS = 120
_LAST_PRIORITY = 1_000_000


class PrepaidCreditGranted(Contract):
    """A customer gets credit that pays for usage: bought with a contract, added later, or free."""

    grant_id: Identifier = Field(description="Names the grant; the first event of it counts.")
    contract_id: Identifier
    contract_line_id: Identifier = Field(
        description="The line that sells it; invoice lines of kind prepaid name it."
    )
    product_code: Identifier
    currency: Currency = Field(description="The contract's.")
    credit_amount: Amount = Field(description="Major units of usage it pays for, positive.")
    price_amount: Amount = Field(
        description="Major units without tax that it costs; 0 when it is given free."
    )
    priority: int = Field(default=100, description="Lower pays first.")
    effective_date: ServiceDate = Field(description="First day whose usage it pays for.")
    expires_date: ServiceDate | None = Field(
        default=None, description="Last such day; without one, the contract's last day of service."
    )
    recurrence: Annotated[Literal["none", "monthly"], LowerCase] = Field(
        default="none",
        description="monthly: credit and price are granted again each month until expires_date.",
    )
    lasts_months: int = Field(
        default=1,
        description="Recurring: for how many months each can be used; above 1 what is left rolls"
        " over.",
    )
    pays_for: list[Identifier] | None = Field(
        default=None,
        min_length=1,
        description="The usage lines of the contract it pays for; all of them without.",
    )

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        require_exact([self.credit_amount, self.price_amount], self.currency)
        return self

    @model_validator(mode="after")
    def _grants_something(self) -> Self:
        if Decimal(self.credit_amount) <= 0 or Decimal(self.price_amount) < 0:
            raise PydanticCustomError(
                "grant_amount",
                "grant {grant} is over {credit} for {price}; credit is above zero and its price "
                "is not below",
                {
                    "grant": self.grant_id,
                    "credit": self.credit_amount,
                    "price": self.price_amount,
                },
            )
        return self

    @model_validator(mode="after")
    def _expires_after_it_begins(self) -> Self:
        if self.expires_date is not None and self.expires_date < self.effective_date:
            raise PydanticCustomError(
                "service_order",
                "grant {grant} expires on {end}, before it begins on {start}",
                {
                    "grant": self.grant_id,
                    "end": str(self.expires_date),
                    "start": str(self.effective_date),
                },
            )
        return self

    @model_validator(mode="after")
    def _terms_can_be_kept(self) -> Self:
        if not (1 <= self.lasts_months <= _LONGEST_MONTHS and 0 <= self.priority <= _LAST_PRIORITY):
            raise PydanticCustomError(
                "grant_terms",
                "grant {grant} has priority {priority} and lasts {months} months; a priority is "
                "0 to {last}, and a month's credit lasts 1 to {longest}",
                {
                    "grant": self.grant_id,
                    "priority": self.priority,
                    "months": self.lasts_months,
                    "last": _LAST_PRIORITY,
                    "longest": _LONGEST_MONTHS,
                },
            )
        require_unique(self.pays_for or [], "usage line")
        return self
