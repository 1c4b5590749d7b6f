"""What documents that follow an invoice have in common.

Belongs here: the fields each of them says about itself, the check of its amounts.
Does not: which document has which other fields (billing, payments).
"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from ingestion.contracts.fields import Contract, Currency, Identifier, require_exact

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class FollowingDocument(Contract):
    """A document about an invoice that was sent before."""

    AMOUNTS: ClassVar[tuple[str, ...]] = ("amount",)

    customer_id: Identifier = Field(description="The source's own id of the customer.")
    legal_entity_code: Identifier
    currency: Currency

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        amounts = [getattr(self, name, None) for name in self.AMOUNTS]
        require_exact([amount for amount in amounts if amount is not None], self.currency)
        return self
