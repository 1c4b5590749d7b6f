-- The movements of a month, contract by contract, are the change of the recurring revenue that the
-- metrics show.
{{ config(meta={'dagster': {'ref': {'name': 'revenue_movements'}}}) }}
with

movements as (

    select
        legal_entity_code,
        currency,
        accounting_period,
        sum(movement_minor) as movement_minor
    from {{ ref('revenue_movements') }}
    group by legal_entity_code, currency, accounting_period

),

metrics as (

    select * from {{ ref('revenue_metrics') }}

)

select metrics.*
from metrics
left join movements
    on
        metrics.legal_entity_code is not distinct from movements.legal_entity_code
        and metrics.currency = movements.currency
        and metrics.accounting_period = movements.accounting_period
where
    coalesce(movements.movement_minor, 0)
    <> metrics.closing_mrr_minor - metrics.opening_mrr_minor
