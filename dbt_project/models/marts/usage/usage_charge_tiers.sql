-- One row per usage charge and tier that takes something: the arithmetic of the charge.
with

usage_charges as (

    select * from {{ ref('usage_charges') }} where price_found

),

tiers as (

    select * from {{ ref('int_usage_charges_tiered') }}

),

usage_charge_tiers as (

    select
        tiers.usage_charge_id,
        tiers.tier_number,
        cast(tiers.above_quantity as decimal(17, 6)) as above_quantity,
        tiers.up_to_quantity,
        tiers.quantity,
        tiers.unit_price,
        tiers.flat_amount,
        tiers.block_size,
        tiers.maximum_amount,
        {{ amount_from_scaled('tiers.amount_scaled') }} as amount
    from tiers
    inner join usage_charges on tiers.usage_charge_id = usage_charges.usage_charge_id
    where tiers.quantity <> 0 or tiers.amount_scaled <> 0

)

select * from usage_charge_tiers
