-- One row per price and first day.
-- Price plans of usage with their terms, typed; the company folder was checked before it landed.
with

prices as (

    select * from {{ source('raw', 'reference_prices') }}

),

price_terms as (

    select * from {{ source('raw', 'reference_price_terms') }}

),

price_charge_terms as (

    select * from {{ source('raw', 'reference_price_charge_terms') }}

),

price_discounts as (

    select * from {{ source('raw', 'reference_price_discounts') }}

),

discounts as (

    select
        price_id,
        valid_from,
        sum(cast(discount_value as decimal(17, 6))) filter (where discount_type = 'free_units')
            as free_quantity,
        {{ any_true("discount_type <> 'free_units'") }} as has_discounts
    from price_discounts
    group by price_id, valid_from

),

typed as (

    select
        prices.price_id,
        prices.product_code,
        prices.meter_code,
        prices.currency,
        prices.price_model,
        cast(nullif(prices.included_quantity, '') as decimal(17, 6)) as included_quantity,
        cast(nullif(prices.package_size, '') as decimal(17, 6)) as package_size,
        coalesce(price_terms.package_rounding, 'ceiling') as package_rounding,
        price_terms.conversion_operation,
        cast(nullif(price_terms.conversion_factor, '') as decimal(24, 12)) as conversion_factor,
        cast(nullif(price_terms.conversion_decimals, '') as integer) as conversion_decimals,
        price_terms.conversion_rounding,
        coalesce(nullif(charge_terms.rounding_place, ''), 'charge') as rounding_place,
        cast(nullif(charge_terms.rounding_decimals, '') as integer) as rounding_decimals,
        coalesce(nullif(charge_terms.rounding_mode, ''), 'half_up') as rounding_mode,
        coalesce(charge_terms.bills_first_flat_at_zero = 'true', false)
            as bills_first_flat_at_zero,
        coalesce(nullif(charge_terms.flat_billing, ''), 'arrears') as flat_billing,
        case charge_terms.flat_proration
            when 'days' then 'actual/actual'
            when '30/360' then 'strict30/360'
        end as flat_day_count,
        coalesce(charge_terms.starts_within_month = 'true', false) as starts_within_month,
        {%- for amount in ['minimum', 'maximum', 'commitment', 'spend_cap'] %}
            cast(nullif(charge_terms.{{ amount }}_amount, '') as decimal(20, 12))
                as {{ amount }}_amount,
        {%- endfor %}
        cast(nullif(charge_terms.overage_factor, '') as decimal(17, 6)) as overage_factor,
        cast(coalesce(nullif(charge_terms.window_months, ''), '1') as integer) as window_months,
        cast(nullif(charge_terms.window_first_month, '') as integer) as window_first_month,
        coalesce(charge_terms.limit_proration = 'days', false) as prorates_limits,
        coalesce(discounts.free_quantity, 0) as free_quantity,
        coalesce(discounts.has_discounts, false) as has_discounts,
        cast(nullif(prices.valid_from, '') as date) as valid_from,
        prices.snapshot_hash,
        prices.row_number
    from prices
    left join price_terms
        on
            prices.price_id = price_terms.price_id
            and prices.valid_from = price_terms.valid_from
    left join price_charge_terms as charge_terms
        on
            prices.price_id = charge_terms.price_id
            and prices.valid_from = charge_terms.valid_from
    left join discounts
        on prices.price_id = discounts.price_id and prices.valid_from = discounts.valid_from

),

dated as (

    select
        typed.*,
        typed.price_model = 'flat'
        or typed.bills_first_flat_at_zero
        or coalesce(typed.minimum_amount, typed.commitment_amount) is not null
            as bills_without_use,
        typed.has_discounts
        or typed.rounding_place = 'amount'
        or coalesce(
            typed.minimum_amount,
            typed.maximum_amount,
            typed.commitment_amount,
            typed.spend_cap_amount
        ) is not null as has_adjustments,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.price_id
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
