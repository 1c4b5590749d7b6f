"""Events about money that came in.

Belongs here: payment.succeeded.
Does not: payments that may still fail: only a success is a fact for the books.
"""

from typing import Self

from pydantic import Field, model_validator

from ingestion.contracts.fields import (
    Amount,
    Contract,
    Currency,
    Identifier,
    ServiceDate,
    require_exact,
)


class PaymentSucceeded(Contract):
    """A customer paid an invoice, or a part of it."""

    payment_id: Identifier
    invoice_id: Identifier
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    legal_entity_code: Identifier
    currency: Currency
    amount: Amount
    paid_date: ServiceDate

    @model_validator(mode="after")
    def _amount_fits_the_currency(self) -> Self:
        require_exact([self.amount], self.currency)
        return self
