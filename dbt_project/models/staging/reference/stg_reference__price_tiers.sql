-- One row per price, tier and first day.
-- Tiers of price plans with their terms, typed; the company folder was checked before it landed.
with

price_tiers as (

    select * from {{ source('raw', 'reference_price_tiers') }}

),

price_tier_terms as (

    select * from {{ source('raw', 'reference_price_tier_terms') }}

),

typed as (

    select
        price_tiers.price_id,
        cast(nullif(price_tiers.tier_number, '') as integer) as tier_number,
        cast(nullif(price_tiers.up_to_quantity, '') as decimal(17, 6)) as up_to_quantity,
        cast(nullif(price_tiers.unit_price, '') as decimal(20, 12)) as unit_price,
        cast(nullif(price_tiers.flat_amount, '') as decimal(20, 12)) as flat_amount,
        cast(nullif(price_tier_terms.block_size, '') as decimal(17, 6)) as block_size,
        cast(nullif(price_tier_terms.maximum_amount, '') as decimal(20, 12)) as maximum_amount,
        cast(nullif(price_tiers.valid_from, '') as date) as valid_from,
        price_tiers.snapshot_hash,
        price_tiers.row_number
    from price_tiers
    left join price_tier_terms
        on
            price_tiers.price_id = price_tier_terms.price_id
            and cast(nullif(price_tiers.tier_number, '') as integer)
            = cast(nullif(price_tier_terms.tier_number, '') as integer)
            and price_tiers.valid_from = price_tier_terms.valid_from

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.price_id, typed.tier_number
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
