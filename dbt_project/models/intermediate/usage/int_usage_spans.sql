-- One row per usage contract line, contract version and accounting period, or part of it when a
-- price begins within the month: the days that are charged together.
with

usage_months as (

    select * from {{ ref('int_usage_line_months') }}

),

prices as (

    select * from {{ ref('stg_reference__prices') }}

),

starts as (

    select
        usage_months.*,
        usage_months.first_date as service_start_date
    from usage_months
    union all
    select
        usage_months.*,
        prices.valid_from as service_start_date
    from usage_months
    inner join prices
        on
            usage_months.price_id = prices.price_id
            and usage_months.currency = prices.currency
            and prices.starts_within_month
            and usage_months.first_date < prices.valid_from
            and usage_months.last_date >= prices.valid_from

),

parts as (

    select
        starts.*,
        coalesce(
            {{ add_days('lead(starts.service_start_date) over in_order', -1) }}, starts.last_date
        ) as service_end_date
    from starts
    window in_order as (
        partition by starts.contract_version_id, starts.contract_line_id, starts.period_start_date
        order by starts.service_start_date
    )

),

final as (

    select
        parts.contract_id
        || '|' || parts.contract_line_id
        || '|' || parts.version_number
        || '|' || {{ accounting_period('parts.period_start_date') }}
        || case
            when parts.service_start_date = parts.first_date then ''
            else '|' || cast(parts.service_start_date as varchar)
        end as usage_charge_id,
        parts.*,
        least(parts.service_end_date, parts.cutoff_date) as through_date,
        {{ days_between('parts.service_start_date', add_days('parts.service_end_date', 1)) }}
            as span_days,
        cast(
            sum({{ days_between(
                'parts.service_start_date', add_days('parts.service_end_date', 1)
            ) }}) over (
                partition by parts.contract_id, parts.contract_line_id, parts.period_start_date
            ) as bigint
        ) as line_days
    from parts

)

select * from final
