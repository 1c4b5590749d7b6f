"""How much was used of each line and day, as the billing system hears of it.

Belongs here: adding records up, by when they and their corrections were received.
Does not: records (usage), charges and invoices (billing).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb


@dataclass(frozen=True, kw_only=True)
class UsageQuantity:
    """How much of a line was used on one day, as far as it was received on another.

    What a correction takes away was received with the correction, and is less than nothing.
    """

    usage_date: date
    received_on: date
    quantity: Decimal


def quantities(usage: duckdb.DuckDBPyConnection) -> dict[str, list[UsageQuantity]]:
    """Return how much of each line was used, in the order in which it was received."""
    rows = usage.execute(
        """
        with moves as (

            select contract_line_id, usage_date, received_at, quantity
            from usage_records
            where cancels is null
            union all
            select
                corrected.contract_line_id,
                corrected.usage_date,
                corrections.received_at,
                -corrected.quantity
            from usage_records as corrected
            inner join usage_records as corrections
                on corrected.event_id = coalesce(corrections.supersedes, corrections.cancels)

        )

        select
            contract_line_id,
            usage_date,
            cast(received_at as date) as received_on,
            cast(sum(quantity) as decimal(38, 6)) as quantity
        from moves
        group by all
        order by contract_line_id, received_on, usage_date
        """
    ).fetchall()
    result: dict[str, list[UsageQuantity]] = {}
    for contract_line_id, usage_date, received_on, quantity in rows:
        result.setdefault(contract_line_id, []).append(
            UsageQuantity(usage_date=usage_date, received_on=received_on, quantity=quantity)
        )
    return result
