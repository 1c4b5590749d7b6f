"""Events about money that came in, or did not, or went back.

Belongs here: payment.succeeded, payment.failed, refund.issued.
Does not: whether a failed payment had been received before (the models know both events).
"""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.documents import FollowingDocument, Words
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


class PaymentFailed(FollowingDocument):
    """A payment did not come, or a payment announced before was taken back."""

    payment_id: Identifier = Field(description="The payment, as its success would name it.")
    invoice_id: Identifier
    amount: Amount = Field(description="Major units, positive.")
    failed_date: ServiceDate
    reason: Words


class RefundIssued(FollowingDocument):
    """Money goes back to a customer; what it gives back is said by credit memos."""

    refund_id: Identifier
    payment_id: Identifier | None = Field(default=None, description="The payment it gives back.")
    invoice_id: Identifier | None = Field(
        default=None, description="The invoice that was paid; needed without a payment_id."
    )
    credit_id: Identifier | None = Field(default=None, description="The credit memo it pays out.")
    amount: Amount = Field(description="Major units, positive.")
    refund_date: ServiceDate

    @model_validator(mode="after")
    def _names_what_was_paid(self) -> Self:
        if self.payment_id is None and self.invoice_id is None:
            raise PydanticCustomError(
                "refund_subject", "a refund names the payment or the invoice it gives back", {}
            )
        return self
