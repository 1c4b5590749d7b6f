"""Events about customers.

Belongs here: customer.updated.
Does not: which customer of ours it is (reference data says so).
"""

from typing import Annotated, Literal

from pydantic import Field

from ingestion.contracts.fields import Contract, Identifier, LowerCase

PERSONAL_FIELDS = ("name", "email")


class CustomerUpdated(Contract):
    """A system announces a customer or what changed about one.

    Name and e-mail go to the vault; raw, ledger and marts carry the id only.
    """

    customer_id: Identifier = Field(description="The source's own id of the customer.")
    name: str | None = Field(default=None, description="Personal: kept in the vault only.")
    email: str | None = Field(default=None, description="Personal: kept in the vault only.")
    status: Annotated[Literal["active", "inactive"], LowerCase]
    legal_entity_code: Identifier | None = None
