-- One row per usage charge of a capacity price, unit that was used, and tier up to the one that
-- holds them all: what the month used of the unit, and the most that the tier holds of it.
with

measurements as (

    select * from {{ ref('usage_measurements') }}

),

charges as (

    select * from {{ ref('int_usage_charges_priced') }} where price_model = 'capacity'

),

price_tiers as (

    select * from {{ ref('stg_reference__price_tiers') }}

),

price_limits as (

    select * from {{ source('raw', 'reference_price_capacity_limits') }}

),

used as (

    select
        measurements.usage_charge_id,
        measurements.group_value as unit,
        sum({{ scaled_wide('measurements.measured_value', '6') }}) as numerator,
        min(measurements.period_weight) as denominator,
        min(measurements.days_charged) as days_charged,
        min(measurements.days_of_line) as days_of_line
    from measurements
    inner join charges on measurements.usage_charge_id = charges.usage_charge_id
    group by measurements.usage_charge_id, measurements.group_value

),

quantities as (

    select
        used.*,
        {{ quantity_from_scaled(
            round_ratio('used.numerator', 'used.denominator', '6', '6', "'half_up'")
        ) }} as quantity
    from used

),

tiers as (

    select
        charges.usage_charge_id,
        price_tiers.tier_number,
        price_tiers.flat_amount as amount
    from charges
    inner join price_tiers
        on
            charges.price_id = price_tiers.price_id
            and charges.price_valid_from = price_tiers.valid_from

),

limits as (

    select
        charges.usage_charge_id,
        cast(price_limits.tier_number as integer) as tier_number,
        price_limits.unit,
        cast(price_limits.max_quantity as decimal(17, 6)) as max_quantity
    from charges
    inner join price_limits
        on
            charges.price_id = price_limits.price_id
            and charges.price_valid_from = cast(price_limits.valid_from as date)

),

due as (

    {{ capacity_amounts('tiers', 'limits', 'quantities', 'usage_charge_id') }}

),

final as (

    select
        quantities.usage_charge_id,
        tiers.tier_number,
        quantities.unit,
        quantities.quantity,
        limits.max_quantity,
        due.has_usage and tiers.tier_number = due.tier_number as is_due,
        quantities.days_charged,
        quantities.days_of_line
    from quantities
    inner join due on quantities.usage_charge_id = due.usage_charge_id
    inner join tiers
        on
            quantities.usage_charge_id = tiers.usage_charge_id
            and due.tier_number >= tiers.tier_number
    left join limits
        on
            quantities.usage_charge_id = limits.usage_charge_id
            and tiers.tier_number = limits.tier_number
            and quantities.unit = limits.unit

)

select * from final
