-- One row per usage charge and tier of its price plan, with what the tier takes and costs.
-- Amounts are whole counts of 10^-18 of a major unit: nothing is rounded here.
with

charges as (

    select * from {{ ref('int_usage_charges_priced') }} where has_price

),

price_tiers as (

    select * from {{ ref('stg_reference__price_tiers') }}

),

event_outcomes as (

    select * from {{ ref('usage_charge_event_outcomes') }}

),

charges_by_event as (

    select
        usage_charge_id,
        case when count(*) = count(amount) then sum({{ scaled_exact_amount('amount') }}) end
            as amount_scaled
    from event_outcomes
    group by usage_charge_id

),

rated as (

    select
        charges.usage_charge_id,
        charges.price_model,
        charges.package_size,
        charges.package_rounding,
        charges.billable_quantity,
        charges.billable_quantity as deciding_quantity,
        charges.rounding_place,
        charges.rounding_decimals,
        charges.rounding_mode,
        charges.bills_first_flat_at_zero
        and charges.flat_is_due
        and charges.is_month_without_use as bills_first_flat_at_zero,
        price_tiers.tier_number,
        price_tiers.up_to_quantity,
        cast(coalesce(price_tiers.unit_price, 0) as decimal(20, 12)) as unit_price,
        cast(
            case
                when charges.price_model = 'flat' and not charges.flat_is_due then 0
                else coalesce(price_tiers.flat_amount, 0)
            end as decimal(20, 12)
        ) as flat_amount,
        price_tiers.maximum_amount as tier_cap,
        price_tiers.block_size
    from charges
    inner join price_tiers
        on
            charges.price_id = price_tiers.price_id
            and charges.service_start_date >= price_tiers.valid_from
            and charges.service_start_date < price_tiers.valid_to

),

tiers as (

    {{ tier_arithmetic('rated', 'usage_charge_id') }}

),

costed as (

    select
        tiers.*,
        case
            when tiers.price_model <> 'percentage' then tiers.amount_scaled
            when charges_by_event.usage_charge_id is null then 0
            else charges_by_event.amount_scaled
        end as cost_scaled
    from tiers
    left join charges_by_event on tiers.usage_charge_id = charges_by_event.usage_charge_id

),

tiered as (

    select
        tiers.usage_charge_id,
        tiers.tier_number,
        tiers.above_quantity,
        tiers.up_to_quantity,
        tiers.takes as quantity,
        tiers.unit_price,
        tiers.flat_amount,
        tiers.block_size,
        tiers.tier_cap as maximum_amount,
        case
            when tiers.rounding_place = 'tier'
                then {{ round_scaled(
                    'tiers.cost_scaled', 'tiers.rounding_decimals', 'tiers.rounding_mode'
                ) }}
            else tiers.cost_scaled
        end as amount_scaled,
        tiers.is_last_needed
    from costed as tiers

)

select * from tiered
