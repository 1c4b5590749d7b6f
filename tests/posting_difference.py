"""The difference in plain SQL: should minus sealed, dated into an open period.

Belongs here: what tests of posting need of the dbt models, without dbt.
Does not: controls or policies; tests say themselves what is held.
"""

from collections.abc import Mapping, Sequence

import duckdb

from core.spans import naive_utc
from posting import ledger_schema
from posting.batches import World

_DESCRIPTIVE = [*ledger_schema.SUBLEDGER_LINE, "grain", "cadence"]

DIFFERENCES = f"""
create table journals.subledger_differences as
with sealed as (
    select subledger_line_key, sum(amount_minor)::bigint as sealed_minor,
        sum(functional_amount_minor)::bigint as sealed_functional_minor,
        {", ".join(f"max({name}) as {name}" for name in _DESCRIPTIVE[1:])}
    from ledger.sealed_lines group by subledger_line_key
)
select
    coalesce(should.subledger_line_key, sealed.subledger_line_key) as subledger_line_key,
    {", ".join(f"coalesce(should.{name}, sealed.{name}) as {name}" for name in _DESCRIPTIVE[1:])},
    coalesce(should_minor, 0) as should_minor,
    coalesce(sealed_minor, 0) as sealed_minor,
    coalesce(should_minor, 0) - coalesce(sealed_minor, 0) as difference_minor,
    coalesce(should_functional_minor, 0) as should_functional_minor,
    coalesce(should_functional_minor, 0) - coalesce(sealed_functional_minor, 0)
        as difference_functional_minor,
    should.hold_code,
    sealed.subledger_line_key is not null as is_sealed_before
from should full join sealed on should.subledger_line_key = sealed.subledger_line_key
"""

PROPOSED = """
create table journals.proposed_lines as
with free as (
    select * from journals.subledger_differences
    where hold_code is null and (difference_minor <> 0 or difference_functional_minor <> 0)
),
dated as (
    select free.*, (
        select min(greatest(periods.start_date, free.effective_date))
        from exports.erp_periods as periods
        where periods.erp_code = free.erp_code
            and periods.legal_entity_code = free.legal_entity_code
            and periods.state = 'open' and periods.end_date >= free.effective_date
    ) as posting_date
    from free
)
select *, strftime(posting_date, '%Y-%m') as accounting_period,
    concat_ws('|', erp_code, book, legal_entity_code, transaction_currency, posting_date,
        entry_type, case when grain = 'document' then document_type || ':' || document_id end)
        as document_identity
from dated
"""


def fill(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[Mapping[str, object]],
    world: World,
    limits: Sequence[tuple[str, str, str]],
) -> None:
    """Make the tables that sealing reads: parameters, limits, differences, proposed lines."""
    connection.execute("create schema run; create schema staging; create schema journals")
    connection.execute(
        "create table run.parameters as select ?::timestamp as as_of, ?::bigint as raw_head, "
        "?::bigint as events_head, ?::bigint as ledger_head, ? as code_version, "
        "? as reference_version, ? as policy_version, ? as run_id",
        [
            naive_utc(world.as_of),
            world.raw_head,
            world.raw_head,
            world.ledger_head,
            world.code_version,
            world.reference_version,
            world.policy_version,
            world.run_id,
        ],
    )
    connection.execute(
        "create table staging.stg_reference__approval_limits (legal_entity_code varchar, "
        "entry_type varchar, above_amount decimal(20, 4), valid_from date, valid_to date)"
    )
    for limit in limits:
        connection.execute(
            "insert into staging.stg_reference__approval_limits "
            "values (?, ?, ?, '2025-01-01', '9999-12-31')",
            list(limit),
        )
    connection.execute(
        f"create table should ({_columns(ledger_schema.SUBLEDGER_LINE)}, "
        "grain varchar, cadence varchar, hold_code varchar, "
        "should_minor bigint, should_functional_minor bigint)"
    )
    if rows:
        names = list(rows[0])
        marks = ", ".join("?" for _ in names)
        connection.executemany(
            f"insert into should ({', '.join(names)}) values ({marks})",
            [list(row.values()) for row in rows],
        )
    connection.execute(DIFFERENCES)
    connection.execute(PROPOSED)


def _columns(columns: Mapping[str, object]) -> str:
    kinds = {"int64": "bigint", "date32[day]": "date", "bool": "boolean"}
    return ", ".join(f"{name} {kinds.get(str(kind), 'varchar')}" for name, kind in columns.items())
