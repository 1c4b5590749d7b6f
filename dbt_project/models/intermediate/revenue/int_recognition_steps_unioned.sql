-- One row per step of recognition: fixed service, the rest of a contract ended without refund, or
-- usage of a period.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

service_steps as (

    select * from {{ ref('int_obligation_steps') }}

),

termination_steps as (

    select * from {{ ref('int_termination_steps') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

fixed_steps as (

    select
        performance_obligation_id,
        step_end_date,
        amount_minor,
        amount_fine,
        'service' as step_kind
    from service_steps
    union all
    select
        performance_obligation_id,
        step_end_date,
        amount_minor,
        {{ wide('amount_minor') }} * 10000 as amount_fine,
        'termination' as step_kind
    from termination_steps

),

unioned as (

    select
        fixed_steps.step_kind
        || '|' || fixed_steps.performance_obligation_id
        || '|' || cast(fixed_steps.step_end_date as varchar) as recognition_step_id,
        'recognition' as entry_type,
        obligations.contract_id,
        obligations.contract_line_id,
        obligations.contract_version_id,
        obligations.performance_obligation_id,
        obligations.product_code,
        fixed_steps.step_end_date,
        fixed_steps.amount_minor,
        fixed_steps.amount_fine,
        cast(null as varchar) as price_version,
        cast(1 as bigint) as source_event_count,
        cast(null as varchar) as usage_period
    from fixed_steps
    inner join obligations
        on fixed_steps.performance_obligation_id = obligations.performance_obligation_id
    union all
    select
        'usage|' || usage_charge_id as recognition_step_id,
        'usage_accrual' as entry_type,
        contract_id,
        contract_line_id,
        contract_version_id,
        cast(null as varchar) as performance_obligation_id,
        product_code,
        through_date as step_end_date,
        charge_minor as amount_minor,
        {{ wide('charge_minor') }} * 10000 as amount_fine,
        price_version,
        event_count as source_event_count,
        accounting_period as usage_period
    from usage_charges

)

select * from unioned
