-- The last row of the waterfall is what the remaining obligations say is to come and what the
-- contracts' balances say was earned.
{{ config(meta={'dagster': {'ref': {'name': 'revenue_waterfall'}}}) }}
with

waterfall as (

    select * from {{ ref('revenue_waterfall') }}

),

obligations as (

    select * from {{ ref('remaining_obligations') }}

),

balances as (

    select
        contract_balances.*,
        contracts.cutoff_date
    from {{ ref('contract_balances') }} as contract_balances
    inner join {{ ref('int_revenue_contracts') }} as contracts
        on contract_balances.contract_id = contracts.contract_id

),

facts as (

    select
        legal_entity_code,
        currency,
        actual_minor + pending_minor as earned_minor,
        scheduled_minor
    from waterfall
    qualify as_of_period = max(as_of_period) over (partition by legal_entity_code, currency)
    union all
    select
        legal_entity_code,
        currency,
        0 as earned_minor,
        -remaining_obligation_minor as scheduled_minor
    from obligations
    union all
    select
        legal_entity_code,
        currency,
        -recognized_minor as earned_minor,
        0 as scheduled_minor
    from balances
    where accounting_period = {{ accounting_period('cutoff_date') }}

)

select
    legal_entity_code,
    currency,
    sum(earned_minor) as earned_difference_minor,
    sum(scheduled_minor) as scheduled_difference_minor
from facts
group by legal_entity_code, currency
having sum(earned_minor) <> 0 or sum(scheduled_minor) <> 0
