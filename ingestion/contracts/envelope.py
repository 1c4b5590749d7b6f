"""The CloudEvents 1.0 envelope every business event comes in.

Belongs here: the attributes around the data.
Does not: the data (one module per family).
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from core.spans import InstantError, parse_instant
from ingestion.contracts.fields import Identifier


def _instant(value: object) -> datetime:
    """Pydantic collects ValueErrors; an instant without an offset is one."""
    try:
        return parse_instant(value if isinstance(value, str) else "")
    except InstantError as error:
        raise ValueError(str(error)) from None


Instant = Annotated[datetime, BeforeValidator(_instant)]


class Envelope(BaseModel):
    """What every business event says about itself; extension attributes are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    specversion: Literal["1.0"]
    id: Identifier = Field(description="Unique within the source: the event's identity.")
    source: Identifier = Field(description="The system that says it.")
    type: Identifier = Field(description="What happened, such as invoice.finalized.")
    subject: Identifier | None = Field(default=None, description="What it happened to.")
    time: Instant = Field(description="When it happened, with an offset.")
    dataschema: Identifier = Field(description="tieout:<type>:<version>.")
    correlationid: Identifier | None = Field(
        default=None, description="The first event of the business transaction."
    )
    causationid: Identifier | None = Field(
        default=None, description="The event that led to this one."
    )
    received_at: Instant | None = Field(
        default=None, description="When the source received it; not part of the body."
    )
    data: dict[str, Any] = Field(description="The event's data, by its type and version.")
