-- One row per price and first day.
-- Price plans of usage with their terms, typed; the company folder was checked before it landed.
with

prices as (

    select * from {{ source('raw', 'reference_prices') }}

),

price_terms as (

    select * from {{ source('raw', 'reference_price_terms') }}

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
        cast(nullif(price_terms.conversion_factor, '') as decimal(20, 12)) as conversion_factor,
        cast(nullif(price_terms.conversion_decimals, '') as integer) as conversion_decimals,
        price_terms.conversion_rounding,
        cast(nullif(prices.valid_from, '') as date) as valid_from,
        prices.snapshot_hash,
        prices.row_number
    from prices
    left join price_terms
        on
            prices.price_id = price_terms.price_id
            and prices.valid_from = price_terms.valid_from

),

dated as (

    select
        typed.*,
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
