-- One row per usage contract line, contract version and accounting period, or part of it when a
-- price begins within the month, or service is suspended where units stay or a flat amount counts
-- days: the days that are charged together. What is measured of a capacity price is the month, of
-- any other those days.
with

usage_months as (

    select * from {{ ref('int_usage_line_months') }}

),

prices as (

    select * from {{ ref('stg_reference__prices') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

meters as (

    select * from {{ ref('stg_reference__meters') }} where not adds_up

),

-- Where units stay or a flat amount counts days, days without service are no part of any charge.
suspended as (

    select distinct
        usage_months.contract_version_id,
        usage_months.contract_line_id,
        usage_months.period_start_date,
        suspensions.suspended_from,
        suspensions.suspended_to
    from usage_months
    inner join suspensions
        on
            usage_months.contract_id = suspensions.contract_id
            and usage_months.first_date < suspensions.suspended_to
            and usage_months.last_date >= suspensions.suspended_from
    left join meters on usage_months.meter_code = meters.meter_code
    left join prices as flats
        on
            usage_months.price_id = flats.price_id
            and usage_months.currency = flats.currency
            and flats.flat_day_count is not null
            and usage_months.first_date < flats.valid_to
            and (
                usage_months.first_date >= flats.valid_from
                or flats.starts_within_month and usage_months.last_date >= flats.valid_from
            )
    where meters.meter_code is not null or flats.price_id is not null

),

starts as (

    select
        usage_months.*,
        usage_months.first_date as service_start_date
    from usage_months
    {%- for border in ['suspended_from', 'suspended_to'] %}
        union distinct
        select
            usage_months.*,
            suspended.{{ border }} as service_start_date
        from usage_months
        inner join suspended
            on
                usage_months.contract_version_id = suspended.contract_version_id
                and usage_months.contract_line_id = suspended.contract_line_id
                and usage_months.period_start_date = suspended.period_start_date
                and usage_months.first_date < suspended.{{ border }}
                and usage_months.last_date >= suspended.{{ border }}
    {%- endfor %}
    union distinct
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

served as (

    select
        parts.*,
        {{ days_between('parts.service_start_date', add_days('parts.service_end_date', 1)) }}
            as span_days
    from parts
    left join suspended
        on
            parts.contract_version_id = suspended.contract_version_id
            and parts.contract_line_id = suspended.contract_line_id
            and parts.period_start_date = suspended.period_start_date
            and parts.service_start_date >= suspended.suspended_from
            and parts.service_start_date < suspended.suspended_to
    where suspended.contract_line_id is null

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
        min(parts.service_start_date) over in_the_month as month_first_date,
        max(parts.service_end_date) over in_the_month as month_last_date,
        {{ measured_days('parts', 'capacities') }},
        cast(
            sum(parts.span_days) over (
                partition by parts.contract_id, parts.meter_code, parts.period_start_date
            ) as bigint
        ) as line_days
    from served as parts
    left join prices as capacities
        on
            parts.price_id = capacities.price_id
            and parts.currency = capacities.currency
            and capacities.price_model = 'capacity'
            and parts.service_start_date >= capacities.valid_from
            and parts.service_start_date < capacities.valid_to
    window in_the_month as (
        partition by
            parts.contract_id, parts.contract_line_id, parts.price_id, parts.period_start_date
    )

)

select * from final
