-- One row per price and first day.
-- Price plans of usage, typed; the company folder was checked before it landed.
with

prices as (

    select * from {{ source('raw', 'reference_prices') }}

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
        cast(nullif(prices.valid_from, '') as date) as valid_from,
        prices.snapshot_hash,
        prices.row_number
    from prices

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
