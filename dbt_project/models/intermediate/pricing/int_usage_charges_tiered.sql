-- One row per usage charge and tier of its price plan, with what the tier takes and costs.
-- Amounts are whole counts of 10^-18 of a major unit: nothing is rounded here.
with

charges as (

    select * from {{ ref('int_usage_charges_priced') }} where has_price

),

price_tiers as (

    select * from {{ ref('stg_reference__price_tiers') }}

),

joined as (

    select
        charges.usage_charge_id,
        charges.price_model,
        charges.package_size,
        charges.billable_quantity,
        price_tiers.tier_number,
        price_tiers.up_to_quantity,
        cast(coalesce(price_tiers.unit_price, 0) as decimal(20, 12)) as unit_price,
        cast(coalesce(price_tiers.flat_amount, 0) as decimal(20, 12)) as flat_amount
    from charges
    inner join price_tiers
        on
            charges.price_id = price_tiers.price_id
            and charges.service_start_date >= price_tiers.valid_from
            and charges.service_start_date < price_tiers.valid_to

),

bounded as (

    -- A tier behind one without bound is out of reach.
    select
        joined.*,
        coalesce(max(joined.up_to_quantity) over previous_tiers, 0) as above_quantity,
        count(*) over previous_tiers = count(joined.up_to_quantity) over previous_tiers
            as is_reachable,
        count(*) over previous_tiers = 0 as is_first
    from joined
    window previous_tiers as (
        partition by joined.usage_charge_id
        order by joined.tier_number
        rows between unbounded preceding and 1 preceding
    )

),

taken as (

    select
        bounded.*,
        {{ tier_quantity(
            price_model='bounded.price_model',
            billable_quantity='bounded.billable_quantity',
            above_quantity='bounded.above_quantity',
            up_to_quantity='bounded.up_to_quantity',
            package_size='bounded.package_size',
            is_first='bounded.is_first',
        ) }} as quantity,
        {{ tier_ends_the_price(
            price_model='bounded.price_model',
            billable_quantity='bounded.billable_quantity',
            up_to_quantity='bounded.up_to_quantity',
            package_size='bounded.package_size',
            is_first='bounded.is_first',
        ) }} as is_last_needed
    from bounded
    where bounded.is_reachable

),

tiered as (

    select
        taken.usage_charge_id,
        taken.tier_number,
        taken.above_quantity,
        taken.up_to_quantity,
        taken.quantity,
        taken.unit_price,
        taken.flat_amount,
        {{ tier_amount_scaled('taken.quantity', 'taken.unit_price', 'taken.flat_amount') }}
            as amount_scaled,
        taken.is_last_needed
    from taken

)

select * from tiered
