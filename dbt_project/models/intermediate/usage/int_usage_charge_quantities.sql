-- One row per usage charge: contract line, contract version and accounting period, or a part of it
-- when a price begins within the month. Only days up to the entity's cutoff count. A month without
-- usage has a charge when its price bills without, or when its meter carries units into it; where
-- the price does not hold, when any version of it does, and when there is none: unknown is not
-- zero, and nothing booked is taken back.
with

daily_usage as (

    select * from {{ ref('daily_usage') }}

),

spans as (

    select * from {{ ref('int_usage_spans') }}

),

measurements as (

    select * from {{ ref('usage_measurements') }}

),

meters as (

    select * from {{ ref('stg_reference__meters') }} where not adds_up

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

summed as (

    select
        usage_charge_id,
        case
            when count(*) = count(measured_value)
                then sum({{ scaled_wide('measured_value', '6') }} * days_charged)
        end as numerator,
        min(period_weight * days_of_line) as denominator,
        {{ any_true('measured_value is distinct from 0') }} as has_units
    from measurements
    group by usage_charge_id

),

measured as (

    select
        usage_charge_id,
        has_units,
        {{ quantity_from_scaled(
            round_ratio('numerator', 'denominator', '6', '6', "'half_up'")
        ) }} as quantity
    from summed

),

used as (

    select
        spans.usage_charge_id,
        cast(sum(daily_usage.quantity) as decimal(28, 6)) as quantity,
        cast(sum(daily_usage.event_count) as bigint) as event_count
    from spans
    inner join daily_usage
        on
            spans.contract_version_id = daily_usage.contract_version_id
            and spans.contract_line_id = daily_usage.contract_line_id
            and daily_usage.usage_date between spans.service_start_date and spans.through_date
    group by spans.usage_charge_id

),

charged as (

    select
        spans.*,
        coalesce(meters.aggregation, 'sum') as aggregation,
        coalesce(used.event_count, 0) as event_count,
        coalesce(used.quantity, 0) as landed_quantity,
        case
            when measured.usage_charge_id is not null then measured.quantity
            when meters.meter_code is null then coalesce(used.quantity, 0)
            else 0
        end as quantity
    from spans
    left join prices
        on
            spans.price_id = prices.price_id
            and spans.currency = prices.currency
            and spans.service_start_date >= prices.valid_from
            and spans.service_start_date < prices.valid_to
    left join price_versions
        on
            spans.price_id = price_versions.price_id
            and spans.currency = price_versions.currency
    left join meters on spans.meter_code = meters.meter_code
    left join measured on spans.usage_charge_id = measured.usage_charge_id
    left join used on spans.usage_charge_id = used.usage_charge_id
    where
        used.event_count is not null
        or (
            spans.service_start_date <= spans.cutoff_date
            and (
                measured.has_units
                or (
                    coalesce(prices.bills_without_use, price_versions.bills_without_use, true)
                    and spans.service_days > 0
                )
            )
        )

),

final as (

    select
        usage_charge_id,
        contract_id,
        contract_version_id,
        contract_line_id,
        product_code,
        meter_code,
        price_id,
        legal_entity_code,
        currency,
        {{ accounting_period('period_start_date') }} as accounting_period,
        period_start_date,
        service_start_date,
        service_end_date,
        cutoff_date,
        service_end_date <= cutoff_date as is_complete,
        {{ line_position(
            'service_start_date = month_first_date', 'service_end_date = month_last_date'
        ) }} as line_position,
        price_first_date,
        aggregation,
        quantity,
        landed_quantity,
        event_count
    from charged

)

select * from final
