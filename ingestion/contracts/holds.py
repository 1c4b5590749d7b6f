"""Events by people who hold something back and let it go again.

Belongs here: hold.placed, hold.released, the source that may say them.
Does not: what a hold does to the books (the control HELD_BY_OPERATOR), approvals.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.documents import Words
from ingestion.contracts.fields import Contract, Identifier, LowerCase

OPERATOR = "operator"
_DOCUMENTS = (
    "invoice:",
    "credit:",
    "payment:",
    "payment_failure:",
    "refund:",
    "void:",
    "write_off:",
    "dispute:",
    "dispute_won:",
    "dispute_lost:",
    "adjustment:",
    "reversal:",
)


class HoldPlaced(Contract):
    """A person holds a contract or a document back; only the source `operator` may say it.

    Nothing of it is posted until the hold is released, and nothing posted is reversed.
    """

    hold_id: Identifier = Field(description="Names the hold; a later hold needs another one.")
    subject_type: Annotated[Literal["contract", "document"], LowerCase]
    subject_key: Identifier = Field(
        description="The contract's id, or the kind and id of a document, such as invoice:ID."
    )
    reason: Words = Field(description="Why, in words others can read.")
    placed_by: Identifier = Field(description="Who holds it.")

    @model_validator(mode="after")
    def _documents_are_named_with_their_kind(self) -> Self:
        _, _, document_id = self.subject_key.partition(":")
        is_document = self.subject_key.startswith(_DOCUMENTS) and document_id
        if self.subject_type == "document" and not is_document:
            raise PydanticCustomError(
                "hold_subject",
                "'{key}' names no document; write one of {kinds} and its id",
                {"key": self.subject_key, "kinds": ", ".join(_DOCUMENTS)},
            )
        return self


class HoldReleased(Contract):
    """A person releases a hold for good; only the source `operator` may say it."""

    hold_id: Identifier = Field(description="The hold that ends.")
    reason: Words = Field(description="Why, in words others can read.")
    released_by: Identifier = Field(description="Who releases it.")
