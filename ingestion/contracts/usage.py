"""Events about metered usage.

Belongs here: the meaning of a row of a usage file.
Does not: reading it: usage comes by the million and is judged in bulk (sources.usage_rows).
"""

from pydantic import Field

from ingestion.contracts.envelope import Instant
from ingestion.contracts.fields import Contract, Identifier, Quantity


class UsageRecorded(Contract):
    """One measured fact; a row of a tabular file, columns named in company.yaml.

    Other columns are kept as properties.
    """

    source: Identifier = Field(description="The metering system; by default the source's name.")
    id: Identifier = Field(description="Unique within the source: the event's identity.")
    subject: Identifier = Field(description="The source's own id of the customer.")
    time: Instant = Field(description="When it was used; UTC unless it says otherwise.")
    meter: Identifier = Field(description="What was measured.")
    quantity: Quantity
