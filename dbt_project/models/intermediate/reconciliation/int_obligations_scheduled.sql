-- One row per performance obligation: its legal entity, and how much of it is scheduled.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

schedule_lines as (

    select * from {{ ref('revenue_schedule_lines') }}

),

scheduled as (

    select
        performance_obligation_id,
        cast(sum(scheduled_minor) as bigint) as scheduled_minor
    from schedule_lines
    group by performance_obligation_id

),

final as (

    select
        obligations.performance_obligation_id,
        contracts.legal_entity_code,
        obligations.product_code,
        obligations.start_date,
        obligations.is_ssp_found,
        obligations.allocated_price_minor,
        coalesce(scheduled.scheduled_minor, 0) as scheduled_minor
    from obligations
    left join contracts on obligations.contract_id = contracts.contract_id
    left join scheduled
        on obligations.performance_obligation_id = scheduled.performance_obligation_id

)

select * from final
