"""The figures of the books of the past, read from the scratch warehouse.

Belongs here: balances per legal entity and currency, how many contracts and charges were known.
Does not: building those books (scratch); the published figures (summary).
"""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.money import to_decimal
from orchestration.warehouse import open_warehouse

_MEASURES = ("recognized", "deferred", "unbilled", "receivable")
_BALANCES = """
    with latest as (
        select * from revenue.contract_balances
        qualify row_number() over (
            partition by contract_id, currency order by accounting_period desc
        ) = 1
    )
    select
        legal_entity_code,
        currency,
        count(*),
        sum(recognized_minor)::bigint,
        sum(deferred_revenue_minor)::bigint,
        sum(unbilled_receivable_minor)::bigint,
        sum(receivable_minor)::bigint
    from latest
    group by legal_entity_code, currency
    order by legal_entity_code, currency
"""
_COUNTS = """
    select
        (select count(*) from contracts.contracts),
        (select count(*) from usage.usage_charges),
        (select count(*) from raw.events)
        + (select coalesce(sum(event_count), 0)::bigint from intermediate.int_usage_by_day_part)
"""


def read(warehouse: Path) -> dict[str, Any]:
    """Return what was known, and the balances it makes, in minor units."""
    names = ("entity", "currency", "contracts", *(f"{name}_minor" for name in _MEASURES))
    with open_warehouse(warehouse, read_only=True) as connection:
        balances = connection.execute(_BALANCES).fetchall()
        contracts, charges, events = connection.execute(_COUNTS).fetchall()[0]
    return {
        "events": events,
        "contracts": contracts,
        "charges": charges,
        "balances": [dict(zip(names, row, strict=True)) for row in balances],
    }


def show(figures: dict[str, Any], console: Console) -> None:
    """Print the figures, or that there was nothing to make any of."""
    if not figures["events"]:
        console.print("Nothing was known at that instant: no event had arrived.")
        return
    console.print(
        f"Known then  {figures['events']:,} events, {figures['contracts']:,} contracts,"
        f" {figures['charges']:,} usage charges"
    )
    table = Table(box=None, pad_edge=False, title="Per legal entity", title_justify="left")
    table.add_column("entity")
    table.add_column("currency")
    for name in ("contracts", *_MEASURES):
        table.add_column(name, justify="right")
    for row in figures["balances"]:
        amounts = (f"{to_decimal(row[f'{name}_minor'], row['currency']):,}" for name in _MEASURES)
        table.add_row(row["entity"], row["currency"], f"{row['contracts']:,}", *amounts)
    console.print(table)
