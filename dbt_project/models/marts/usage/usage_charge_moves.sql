-- One row per usage charge of units that stay, move of their number, and tier that the move goes
-- through. The moves of a day are one, and so is all that was there before the days of the charge.
with

counted as (

    select * from {{ ref('int_usage_counted') }} where aggregation = 'prorated_sum'

),

charges as (

    select * from {{ ref('int_usage_charges_priced') }} where price_model = 'prorated_graduated'

),

price_tiers as (

    select * from {{ ref('stg_reference__price_tiers') }}

),

tiers as (

    select
        charges.usage_charge_id,
        price_tiers.tier_number,
        price_tiers.up_to_quantity
    from charges
    inner join price_tiers
        on
            charges.price_id = price_tiers.price_id
            and charges.price_valid_from = price_tiers.valid_from

),

weighed as (

    select
        counted.usage_charge_id,
        counted.is_carried,
        counted.occurred_at,
        counted.value,
        counted.full_period_days,
        {{ event_weight('counted') }} as days_counted
    from counted
    inner join charges on counted.usage_charge_id = charges.usage_charge_id

),

moves as (

    select
        usage_charge_id,
        row_number() over (
            partition by usage_charge_id order by min(occurred_at), not is_carried, days_counted
        ) as position,
        is_carried,
        case when not is_carried then cast(min(occurred_at) as date) end as move_date,
        sum(value) as quantity,
        days_counted,
        min(full_period_days) as days_of_month
    from weighed
    group by usage_charge_id, is_carried, days_counted
    having sum(value) <> 0

),

slices as (

    {{ unit_move_slices('moves', 'tiers', 'usage_charge_id') }}

),

final as (

    select
        usage_charge_id,
        cast(position as integer) as move_number,
        tier_number,
        is_carried,
        move_date,
        cast(quantity as decimal(28, 6)) as quantity,
        cast(quantity_after as decimal(28, 6)) as quantity_after,
        cast(tier_quantity as decimal(28, 6)) as tier_quantity,
        cast(days_counted as bigint) as days_counted,
        cast(days_of_month as bigint) as days_of_month
    from slices
    where tier_quantity <> 0

)

select * from final
