"""Events of selling, before there is a contract.

Belongs here: opportunity.won, quote.accepted.
Does not: contracts themselves (subscriptions), or whether a contract has a quote (a control).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ingestion.contracts.fields import (
    Amount,
    Contract,
    Currency,
    Identifier,
    LowerCase,
    Quantity,
    ServiceDate,
    UnitPrice,
    require_exact,
)


class OpportunityWon(Contract):
    """Sales won a deal. Nothing is booked: it says who buys, and whom the buyer belongs to."""

    opportunity_id: Identifier
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    parent_customer_id: Identifier | None = Field(
        default=None, description="The source's own id of the account above it, if any."
    )
    currency: Currency
    amount: Amount
    close_date: ServiceDate = Field(description="Day the deal was won.")
    owner: Identifier = Field(description="Who sold it: an id, not a name.")

    @model_validator(mode="after")
    def _amount_fits_the_currency(self) -> Self:
        require_exact([self.amount], self.currency)
        return self


class QuoteLine(Contract):
    """One thing that was offered."""

    product_code: Identifier
    line_kind: Annotated[Literal["fixed", "usage"], LowerCase]
    quantity: Quantity | None = Field(default=None, description="Fixed lines: how many.")
    unit_price: UnitPrice | None = Field(default=None, description="Fixed lines: price of one.")


class QuoteAccepted(Contract):
    """A customer accepted an offer. Nothing is booked: the contract that follows names it."""

    quote_id: Identifier
    opportunity_id: Identifier
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    contract_id: Identifier = Field(description="The contract that the quote makes or changes.")
    currency: Currency
    total_amount: Amount
    lines: list[QuoteLine] = Field(min_length=1)

    @model_validator(mode="after")
    def _amount_fits_the_currency(self) -> Self:
        require_exact([self.total_amount], self.currency)
        return self
