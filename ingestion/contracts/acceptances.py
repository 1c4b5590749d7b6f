"""Events by people who accept an exception as it is.

Belongs here: exception.accepted.
Does not: what acceptance does to the queue (controls.exceptions); it never changes the books.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from ingestion.contracts.fields import Contract, Identifier

_Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ExceptionAccepted(Contract):
    """A person accepts an exception as it is; only the source `operator` may say it.

    It is no longer late, and nothing is posted or released by it. An exception that goes away and
    comes back is a new one.
    """

    exception_key: _Key = Field(description="As `tieout exceptions --json` and the queue name it.")
    reason: _Words = Field(description="Why, in words others can read.")
    accepted_by: Identifier = Field(description="Who accepts it.")
