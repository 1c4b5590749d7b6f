-- One row per contract, currency, accounting period and entry type: the revenue that schedules,
-- usage charges, prepaid credit and concessions say was earned through the cut-off, before any
-- journal. Schedules contain what a contract ended without refund still earns.
with

schedule_lines as (

    select * from {{ ref('revenue_schedule_lines') }}

),

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

usage_charges as (

    select * from {{ ref('int_usage_charges_payable') }}

),

concession_steps as (

    select * from {{ ref('int_concession_steps') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

parts as (

    select
        obligations.contract_id,
        contracts.currency,
        schedule_lines.accounting_period,
        'recognition' as entry_type,
        schedule_lines.recognized_minor as earned_minor
    from schedule_lines
    inner join obligations
        on schedule_lines.performance_obligation_id = obligations.performance_obligation_id
    inner join contracts on obligations.contract_id = contracts.contract_id

    union all

    select
        credit_lines.contract_id,
        credit_lines.currency,
        {{ accounting_period('concession_steps.step_end_date') }} as accounting_period,
        'recognition' as entry_type,
        -concession_steps.amount_minor as earned_minor
    from concession_steps
    inner join credit_lines
        on
            concession_steps.document_type = credit_lines.document_type
            and concession_steps.credit_id = credit_lines.credit_id
            and concession_steps.credit_line_id = credit_lines.credit_line_id

    union all

    select
        contract_id,
        currency,
        accounting_period,
        'usage_accrual' as entry_type,
        payable_minor + drawn_revenue_minor as earned_minor
    from usage_charges

    union all

    select
        contract_id,
        currency,
        accounting_period,
        'recognition' as entry_type,
        revenue_minor as earned_minor
    from {{ ref('prepaid_credit_movements') }}
    where movement_kind = 'expired' and revenue_minor <> 0

),

earned as (

    select
        contract_id,
        currency,
        accounting_period,
        entry_type,
        count(*) as schedule_line_count,
        cast(coalesce(sum(earned_minor), 0) as bigint) as earned_minor
    from parts
    group by contract_id, currency, accounting_period, entry_type

)

select * from earned
