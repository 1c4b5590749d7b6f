-- One row per contract: does its deferred revenue stay at zero or above?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

balances as (

    select * from {{ ref('contract_balances') }}

),

overdrawn as (

    select
        contract_id,
        min(accounting_period) as first_period,
        min(transaction_exponent) as transaction_exponent,
        min(deferred_revenue_minor) as lowest_minor
    from balances
    where deferred_revenue_minor < 0
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'DEFERRED_BALANCE'",
            is_passed='overdrawn.contract_id is null',
            exception_code="'DEFERRED_BELOW_ZERO'",
            sentence="subject_text || ' over ' || amount_text || ': from '"
            " || overdrawn.first_period || ' its deferred revenue falls to '"
            " || " ~ amount_text(
                'overdrawn.lowest_minor', 'overdrawn.transaction_exponent', 'currency'
            ) ~ " || ': more was credited than was unearned.'",
            amount_minor='coalesce(-overdrawn.lowest_minor, 0)',
            currency='currency',
        ) }}
    from subjects
    left join overdrawn on subjects.subject_key = overdrawn.contract_id

)

select * from findings
