-- One row per legal entity, currency, as-of period and recognition period: the revenue that the
-- fixed obligations booked by the end of the as-of period still had to come.
with

obligations as (

    select * from {{ ref('int_obligations_booked') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

spans as (

    select
        legal_entity_code,
        currency,
        min(booked_date) as first_date,
        max(cutoff_date) as cutoff_date
    from obligations
    group by legal_entity_code, currency

),

months as (

    select
        legal_entity_code,
        currency,
        cutoff_date,
        {{ month_spine('first_date', 'greatest(first_date, cutoff_date)') }} as as_of_month
    from spans

),

snapshots as (

    select
        *,
        least({{ month_end('as_of_month') }}, cutoff_date) as as_of_date
    from months

),

planned as (

    -- The plan an obligation had at a snapshot, from the day after it.
    select
        snapshots.legal_entity_code,
        snapshots.currency,
        snapshots.as_of_month,
        obligations.contract_id,
        obligations.start_date,
        obligations.allocated_price_minor,
        obligations.total_days,
        greatest(obligations.start_date, {{ add_days('snapshots.as_of_date', 1) }})
            as open_from_date,
        case
            when obligations.cut_short_date <= snapshots.as_of_date
                then obligations.last_service_date
            else obligations.end_date
        end as plan_end_date
    from snapshots
    inner join obligations
        on
            snapshots.legal_entity_code = obligations.legal_entity_code
            and snapshots.currency = obligations.currency
            and snapshots.as_of_date >= obligations.booked_date

),

plan_months as (

    select
        *,
        {{ month_spine('open_from_date', 'plan_end_date') }} as plan_month
    from planned
    where plan_end_date >= open_from_date

),

parts as (

    select
        *,
        greatest(plan_month, open_from_date) as part_from,
        {{ add_days('least(' ~ month_end('plan_month') ~ ', plan_end_date)', 1) }} as part_to
    from plan_months

),

amounts as (

    select
        parts.legal_entity_code,
        parts.currency,
        {{ accounting_period('parts.as_of_month') }} as as_of_period,
        {{ accounting_period('parts.plan_month') }} as recognition_period,
        {{ share_between(
            'parts.allocated_price_minor',
            served_days('parts.start_date', 'parts.part_from', 'at_from'),
            served_days('parts.start_date', 'parts.part_to', 'at_to'),
            'parts.total_days',
        ) }} as scheduled_minor
    from parts
    {{ suspensions_at('at_start', 'parts.contract_id', 'parts.start_date') }}
    {{ suspensions_at('at_from', 'parts.contract_id', 'parts.part_from') }}
    {{ suspensions_at('at_to', 'parts.contract_id', 'parts.part_to') }}
    union all
    -- A month in which nothing is to come any more is looked at too.
    select
        legal_entity_code,
        currency,
        {{ accounting_period('as_of_month') }} as as_of_period,
        {{ accounting_period('as_of_month') }} as recognition_period,
        0 as scheduled_minor
    from snapshots

),

plans as (

    select
        legal_entity_code,
        currency,
        as_of_period,
        recognition_period,
        cast(sum(scheduled_minor) as bigint) as scheduled_minor
    from amounts
    group by legal_entity_code, currency, as_of_period, recognition_period

)

select * from plans
