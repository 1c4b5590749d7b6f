"""Events about payments that a customer disputes at its bank or card network.

Belongs here: dispute.opened, dispute.won, dispute.lost.
Does not: what a lost dispute costs, or whether there was that much to dispute (the models know).
"""

from decimal import Decimal
from typing import ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.documents import FollowingDocument, Words
from ingestion.contracts.fields import Amount, Identifier, ServiceDate


class DisputeOpened(FollowingDocument):
    """The network took a payment back, or a part of it, until somebody decides whose it is."""

    AMOUNTS: ClassVar[tuple[str, ...]] = ("amount", "fee")

    dispute_id: Identifier
    payment_id: Identifier = Field(description="The payment that is disputed.")
    invoice_id: Identifier = Field(description="The invoice that it paid.")
    amount: Amount = Field(description="Major units, positive; without the fee.")
    fee: Amount | None = Field(
        default=None, description="What the network charges for it, if anything; never negative."
    )
    reason_code: Words = Field(description="The network's code, such as product_not_received.")
    opened_date: ServiceDate

    @model_validator(mode="after")
    def _fee_is_a_charge(self) -> Self:
        if self.fee is not None and Decimal(self.fee) < 0:
            raise PydanticCustomError(
                "dispute_fee", "a fee of {fee} would be income", {"fee": self.fee}
            )
        return self


class DisputeWon(FollowingDocument):
    """The network gave the money back: the dispute was decided for the company."""

    dispute_id: Identifier = Field(description="The dispute that is decided, as a whole.")
    verdict_date: ServiceDate


class DisputeLost(FollowingDocument):
    """The customer keeps the money: the dispute was decided against the company."""

    dispute_id: Identifier = Field(description="The dispute that is decided, as a whole.")
    verdict_date: ServiceDate
