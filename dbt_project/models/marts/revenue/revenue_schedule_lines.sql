-- One row per performance obligation and accounting period: the plan, and what is revenue by now.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

steps as (

    select * from {{ ref('int_recognition_steps') }} where entry_type = 'recognition'

),

months as (

    select
        spread.*,
        {{ add_days('least(' ~ month_end('month_start_date') ~ ', end_date)', 1) }}
            as month_stop_date
    from (
        select
            *,
            {{ month_spine('start_date', 'end_date') }} as month_start_date
        from obligations
    ) as spread

),

served as (

    select
        months.*,
        {{ served_days('months.start_date', 'months.month_stop_date', 'at_stop') }} as reached_days
    from months
    {{ suspensions_at('at_stop', 'months.contract_id', 'months.month_stop_date') }}
    {{ suspensions_at('at_start', 'months.contract_id', 'months.start_date') }}

),

planned as (

    select
        performance_obligation_id,
        {{ accounting_period('month_start_date') }} as accounting_period,
        coalesce(lag(reached_days) over (
            partition by performance_obligation_id order by month_start_date
        ), 0) as days_before,
        reached_days as days_through,
        allocated_price_minor,
        total_days
    from served

),

scheduled as (

    select
        *,
        {{ share_between(
            'allocated_price_minor', 'days_before', 'days_through', 'total_days'
        ) }} as scheduled_minor
    from planned

),

recognized as (

    select
        performance_obligation_id,
        {{ accounting_period('step_end_date') }} as accounting_period,
        cast(sum(amount_minor) as bigint) as recognized_minor,
        cast(coalesce(sum(case when step_kind = 'termination' then amount_minor end), 0) as bigint)
            as terminated_minor,
        max(case when step_kind = 'service' then served_days_after end) as recognized_days_through
    from steps
    group by performance_obligation_id, {{ accounting_period('step_end_date') }}

),

joined as (

    select
        coalesce(scheduled.performance_obligation_id, recognized.performance_obligation_id)
            as performance_obligation_id,
        coalesce(scheduled.accounting_period, recognized.accounting_period) as accounting_period,
        scheduled.days_before,
        scheduled.days_through,
        case
            when scheduled.performance_obligation_id is null then 0 else scheduled.scheduled_minor
        end as scheduled_minor,
        recognized.recognized_days_through,
        coalesce(recognized.terminated_minor, 0) as terminated_minor,
        coalesce(recognized.recognized_minor, 0) as recognized_minor
    from scheduled
    full join recognized
        on
            scheduled.performance_obligation_id = recognized.performance_obligation_id
            and scheduled.accounting_period = recognized.accounting_period

),

described as (

    select
        joined.performance_obligation_id,
        joined.accounting_period,
        obligations.contract_id,
        obligations.contract_version_id,
        obligations.contract_line_id,
        obligations.product_code,
        contracts.legal_entity_code,
        contracts.currency,
        cast(joined.days_before as bigint) as days_before,
        cast(joined.days_through as bigint) as days_through,
        cast(joined.scheduled_minor as bigint) as scheduled_minor,
        cast(joined.recognized_days_through as bigint) as recognized_days_through,
        joined.terminated_minor,
        joined.recognized_minor
    from joined
    inner join obligations
        on joined.performance_obligation_id = obligations.performance_obligation_id
    inner join contracts on obligations.contract_id = contracts.contract_id

)

select * from described
