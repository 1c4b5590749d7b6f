"""Events of support: what it asks billing to give back.

Belongs here: support.credit_requested.
Does not: the credit memo that follows (billing), or whether policy asks for a request (a control).
"""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.documents import Words
from ingestion.contracts.fields import Amount, Contract, Currency, Identifier, require_exact


class SupportCreditRequested(Contract):
    """Support asks for a credit. Nothing is booked: the credit memo that follows names it."""

    request_id: Identifier = Field(description="Names the request; the newest event of it counts.")
    ticket_id: Identifier = Field(description="The ticket it comes from.")
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    contract_id: Identifier | None = Field(
        default=None, description="The contract it is about; this or invoice_id."
    )
    invoice_id: Identifier | None = Field(
        default=None, description="The invoice it is about; this or contract_id."
    )
    currency: Currency
    amount: Amount = Field(description="Major units without tax, positive.")
    reason: Words
    approved_by: Identifier | None = Field(
        default=None, description="Who approved it; left out while nobody has."
    )

    @model_validator(mode="after")
    def _amount_fits_the_currency(self) -> Self:
        require_exact([self.amount], self.currency)
        return self

    @model_validator(mode="after")
    def _says_what_it_is_about(self) -> Self:
        if self.contract_id is None and self.invoice_id is None:
            raise PydanticCustomError(
                "request_subject",
                "the request {request} names neither a contract nor an invoice",
                {"request": self.request_id},
            )
        return self
