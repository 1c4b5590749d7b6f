-- One row per amount that service or usage earned on a track, before billing is looked at: steps of
-- fixed service, charges of usage, prepaid credit used or expired.
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

usage_charges as (

    select * from {{ ref('int_usage_charges_payable') }}

),

earnings as (

    select
        contracts.track_key,
        service_steps.step_end_date as earned_through_date,
        service_steps.amount_minor
    from service_steps
    inner join obligations
        on service_steps.performance_obligation_id = obligations.performance_obligation_id
    inner join contracts on obligations.contract_id = contracts.contract_id
    union all
    select
        {{ usage_track(
            'usage_charges.contract_id',
            'usage_charges.contract_line_id',
            'usage_charges.accounting_period',
            'contracts.legal_entity_code',
            'contracts.currency',
        ) }} as track_key,
        usage_charges.through_date as earned_through_date,
        usage_charges.payable_minor as amount_minor
    from usage_charges
    inner join contracts on usage_charges.contract_id = contracts.contract_id
    union all
    select
        {{ prepaid_track('contract_id', 'contract_line_id', 'legal_entity_code', 'currency') }}
            as track_key,
        movement_date as earned_through_date,
        revenue_minor as amount_minor
    from {{ ref('prepaid_credit_movements') }}
    where revenue_minor <> 0

)

select * from earnings
