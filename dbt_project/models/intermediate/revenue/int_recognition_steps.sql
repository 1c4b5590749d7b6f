-- One row per step of recognition: fixed service, the rest of a contract ended without refund, or
-- usage of a period. On its track a step covers [matched_from, matched_to), in order of time.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

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

rates as (

    select * from {{ ref('int_fx_rates') }}

),

fixed_steps as (

    select
        performance_obligation_id, step_end_date, amount_minor, amount_fine,
        'service' as step_kind
    from service_steps
    union all
    select
        performance_obligation_id, step_end_date, amount_minor, amount_minor * 10000 as amount_fine,
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
        charge_minor * 10000 as amount_fine,
        price_version,
        event_count as source_event_count,
        accounting_period as usage_period
    from usage_charges

),

described as (

    select
        unioned.*,
        contracts.customer_id,
        contracts.book,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.functional_currency,
        contracts.correlation_id,
        rates.rate_id,
        {{ convert_minor(
            'unioned.amount_minor',
            'rates.rate_scaled',
            'contracts.transaction_exponent',
            'contracts.functional_exponent',
        ) }} as functional_minor,
        case
            when unioned.entry_type = 'usage_accrual'
                then {{ usage_track(
                    'unioned.contract_id',
                    'unioned.contract_line_id',
                    'unioned.usage_period',
                    'contracts.legal_entity_code',
                    'contracts.currency',
                ) }}
            else contracts.track_key
        end as track_key
    from unioned
    inner join contracts on unioned.contract_id = contracts.contract_id
    left join rates
        on
            contracts.currency = rates.from_currency
            and contracts.functional_currency = rates.to_currency
            and rates.valid_from <= unioned.step_end_date
            and unioned.step_end_date < rates.valid_to

),

stacked as (

    select
        *,
        cast(greatest(coalesce(amount_minor, 0), 0) as bigint) as step_minor,
        cast(sum(greatest(coalesce(amount_minor, 0), 0)) over (
            partition by track_key
            order by step_end_date, contract_line_id, recognition_step_id
        ) as bigint) as matched_to,
        cast(sum(greatest(coalesce(amount_fine, 0), 0)) over (
            partition by track_key
            order by step_end_date, contract_line_id, recognition_step_id
        ) as bigint) as fine_to
    from described

),

steps as (

    select
        *,
        matched_to - step_minor as matched_from
    from stacked

)

select * from steps
