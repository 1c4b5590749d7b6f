-- One row per usage charge: contract line, contract version and accounting period, or a part of it
-- when a price begins within the month. Only days up to the entity's cutoff count. A month without
-- usage has a charge when its price bills without; where the price does not hold, when any version
-- of it does, and when there is none: unknown is not zero, and nothing booked is taken back.
with

daily_usage as (

    select * from {{ ref('daily_usage') }}

),

usage_months as (

    select * from {{ ref('int_usage_line_months') }}

),

prices as (

    select * from {{ ref('stg_reference__prices') }}

),

price_versions as (

    select
        price_id,
        currency,
        {{ any_true('bills_without_use') }} as bills_without_use
    from prices
    group by price_id, currency

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

used as (

    select
        parts.contract_version_id,
        parts.contract_line_id,
        parts.service_start_date,
        cast(sum(daily_usage.quantity) as decimal(28, 6)) as quantity,
        cast(sum(daily_usage.event_count) as bigint) as event_count
    from parts
    inner join daily_usage
        on
            parts.contract_version_id = daily_usage.contract_version_id
            and parts.contract_line_id = daily_usage.contract_line_id
            and parts.period_start_date = {{ month_start('daily_usage.usage_date') }}
            and parts.service_start_date <= daily_usage.usage_date
            and parts.service_end_date >= daily_usage.usage_date
            and parts.cutoff_date >= daily_usage.usage_date
    group by parts.contract_version_id, parts.contract_line_id, parts.service_start_date

),

dated as (

    select
        parts.contract_id
        || '|' || parts.contract_line_id
        || '|' || parts.version_number
        || '|' || {{ accounting_period('parts.period_start_date') }}
        || case
            when parts.service_start_date = parts.first_date then ''
            else '|' || cast(parts.service_start_date as varchar)
        end as usage_charge_id,
        parts.contract_id,
        parts.contract_version_id,
        parts.contract_line_id,
        parts.product_code,
        parts.meter_code,
        parts.price_id,
        parts.legal_entity_code,
        parts.currency,
        {{ accounting_period('parts.period_start_date') }} as accounting_period,
        parts.period_start_date,
        parts.service_start_date,
        parts.service_end_date,
        parts.cutoff_date,
        parts.service_end_date <= parts.cutoff_date as is_complete,
        {{ line_position(
            'parts.service_start_date = parts.month_first_date',
            'parts.service_end_date = parts.month_last_date',
        ) }} as line_position,
        parts.price_first_date,
        coalesce(used.quantity, 0) as quantity,
        coalesce(used.event_count, 0) as event_count
    from parts
    left join prices
        on
            parts.price_id = prices.price_id
            and parts.currency = prices.currency
            and parts.service_start_date >= prices.valid_from
            and parts.service_start_date < prices.valid_to
    left join price_versions
        on
            parts.price_id = price_versions.price_id
            and parts.currency = price_versions.currency
    left join used
        on
            parts.contract_version_id = used.contract_version_id
            and parts.contract_line_id = used.contract_line_id
            and parts.service_start_date = used.service_start_date
    where
        used.event_count is not null
        or (
            coalesce(prices.bills_without_use, price_versions.bills_without_use, true)
            and parts.service_start_date <= parts.cutoff_date
            and parts.service_days > 0
        )

)

select * from dated
