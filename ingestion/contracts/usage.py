"""Events about metered usage.

Belongs here: the meaning of a row of a usage file.
Does not: reading it: usage comes by the million and is judged in bulk (sources.usage_rows).
"""

from pydantic import Field

from ingestion.contracts.envelope import Instant
from ingestion.contracts.fields import Contract, Identifier, Quantity


class UsageRecorded(Contract):
    """One measured fact; a row of a tabular file, columns named in company.yaml.

    Other columns are kept as properties. A row that supersedes an event stands in its place from
    then on, whatever of time, subject, meter and quantity differs, and whichever of both comes
    first; a later correction of the row names the row. Both events stay.
    """

    source: Identifier = Field(description="The metering system; by default the source's name.")
    id: Identifier = Field(description="Unique within the source: the event's identity.")
    subject: Identifier = Field(description="The source's own id of the customer.")
    time: Instant = Field(description="When it was used; UTC unless it says otherwise.")
    meter: Identifier = Field(description="What was measured.")
    quantity: Quantity
    supersedes: Identifier | None = Field(
        default=None,
        description="The id of an event of the same source that this one replaces as a whole.",
    )
    correction_reason: str | None = Field(default=None, description="Why, of a correction.")


class UsageCancelled(Contract):
    """A usage event counts no more; a row of a usage file that says `cancels`.

    The row may say what else it likes: who, what and how much are not asked for.
    """

    source: Identifier = Field(description="The metering system; by default the source's name.")
    id: Identifier = Field(description="Of the cancellation itself: the event's identity.")
    time: Instant = Field(description="When it was cancelled; UTC unless it says otherwise.")
    cancels: Identifier = Field(
        description="The id of an event of the same source that counts no more."
    )
    correction_reason: str | None = Field(default=None, description="Why.")
