-- One row per step of recognition: fixed service, the rest of a contract ended without refund,
-- usage of a period, prepaid credit that is used or expires, or what a voided invoice had billed of
-- service given: it is unbilled again.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

voided_lines as (

    select * from {{ ref('int_voided_lines_split') }}
    where not is_conceded and earned_minor > 0

),

fixed_steps as (

    select
        performance_obligation_id,
        step_end_date,
        amount_minor,
        amount_fine,
        'service' as step_kind,
        cast(served_days_after as bigint) as served_days_after
    from {{ ref('int_obligation_steps') }}
    union all
    select
        performance_obligation_id,
        step_end_date,
        amount_minor,
        {{ wide('amount_minor') }} * 10000 as amount_fine,
        'termination' as step_kind,
        cast(null as bigint) as served_days_after
    from {{ ref('int_termination_steps') }}

),

used_steps as (

    select
        'usage|' || usage_charge_id as recognition_step_id,
        'usage' as step_kind,
        'usage_accrual' as entry_type,
        contract_id,
        contract_line_id,
        contract_version_id,
        product_code,
        through_date as step_end_date,
        payable_minor as amount_minor,
        price_version,
        event_count,
        accounting_period,
        cast(null as varchar) as track_key
    from {{ ref('int_usage_charges_payable') }}
    union all
    select
        movement_kind || '|' || movement_key as recognition_step_id,
        movement_kind as step_kind,
        case movement_kind when 'drawn' then 'usage_accrual' else 'recognition' end as entry_type,
        contract_id,
        coalesce(usage_contract_line_id, contract_line_id) as contract_line_id,
        contract_version_id,
        product_code,
        movement_date as step_end_date,
        revenue_minor as amount_minor,
        null as price_version,
        1 as event_count,
        accounting_period,
        {{ prepaid_track('contract_id', 'contract_line_id', 'legal_entity_code', 'currency') }}
            as track_key
    from {{ ref('prepaid_credit_movements') }}
    where revenue_minor <> 0

),

unioned as (

    select
        fixed_steps.step_kind
        || '|' || fixed_steps.performance_obligation_id
        || '|' || cast(fixed_steps.step_end_date as varchar) as recognition_step_id,
        fixed_steps.step_kind,
        fixed_steps.served_days_after,
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
        cast(null as varchar) as usage_period,
        cast(null as varchar) as document_type,
        cast(null as varchar) as document_id,
        cast(null as varchar) as document_line_id,
        cast(null as varchar) as track_key,
        cast(null as bigint) as functional_minor,
        cast(null as varchar) as rate_id
    from fixed_steps
    inner join obligations
        on fixed_steps.performance_obligation_id = obligations.performance_obligation_id
    union all
    select
        recognition_step_id,
        step_kind,
        cast(null as bigint) as served_days_after,
        entry_type,
        contract_id,
        contract_line_id,
        contract_version_id,
        null as performance_obligation_id,
        product_code,
        step_end_date,
        amount_minor,
        {{ wide('amount_minor') }} * 10000 as amount_fine,
        price_version,
        event_count as source_event_count,
        accounting_period as usage_period,
        null as document_type,
        null as document_id,
        null as document_line_id,
        track_key,
        null as functional_minor,
        null as rate_id
    from used_steps
    union all
    select
        'void|' || credit_id || '|' || credit_line_id as recognition_step_id,
        'void' as step_kind,
        null as served_days_after,
        'credit' as entry_type,
        contract_id,
        contract_line_id,
        null as contract_version_id,
        null as performance_obligation_id,
        product_code,
        credit_date as step_end_date,
        earned_minor as amount_minor,
        {{ wide('earned_minor') }} * 10000 as amount_fine,
        null as price_version,
        1 as source_event_count,
        null as usage_period,
        document_type,
        credit_id as document_id,
        credit_line_id as document_line_id,
        track_key,
        functional_earned_minor as functional_minor,
        rate_id
    from voided_lines

)

select * from unioned
