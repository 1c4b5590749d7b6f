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

capacities as (

    select distinct
        usage_charge_id,
        tier_number,
        days_charged,
        days_of_line
    from {{ ref('usage_charge_capacities') }}
    where is_due

),

moves as (

    select
        usage_charge_id,
        tier_number,
        tier_quantity,
        quantity_after,
        days_counted as fraction_numerator,
        days_of_month as fraction_denominator
    from {{ ref('usage_charge_moves') }}

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
        charges.flat_days,
        charges.flat_month_days,
        price_tiers.maximum_amount as tier_cap,
        price_tiers.block_size
    from charges
    inner join price_tiers
        on
            charges.price_id = price_tiers.price_id
            and charges.price_valid_from = price_tiers.valid_from

),

tiers as (

    {{ tier_arithmetic('rated', 'usage_charge_id') }}

),

stayed_charges as (

    {{ units_reached_before('charges', 'moves') }}

),

stayed as (

    {{ prorated_graduated_tiers('stayed_charges', 'moves', 'rated', 'usage_charge_id') }}

),

costed as (

    select
        tiers.*,
        cast(
            coalesce({{ prorated_tier_quantity('stayed') }}, tiers.takes) as decimal(28, 6)
        ) as quantity,
        cast(coalesce(stayed.flat_due, tiers.flat_amount) as decimal(20, 12)) as flat_of_tier,
        {{ tier_cost('tiers', 'charges_by_event', 'capacities', 'stayed') }} as cost_scaled
    from tiers
    left join charges_by_event on tiers.usage_charge_id = charges_by_event.usage_charge_id
    left join capacities
        on
            tiers.usage_charge_id = capacities.usage_charge_id
            and tiers.tier_number = capacities.tier_number
    left join stayed
        on
            tiers.usage_charge_id = stayed.usage_charge_id
            and tiers.tier_number = stayed.tier_number

),

tiered as (

    select
        costed.usage_charge_id,
        costed.price_model,
        costed.tier_number,
        costed.above_quantity,
        costed.up_to_quantity,
        costed.quantity,
        costed.unit_price,
        costed.flat_of_tier as flat_amount,
        costed.block_size,
        costed.tier_cap as maximum_amount,
        case
            when costed.rounding_place = 'tier'
                then {{ round_scaled(
                    'costed.cost_scaled', 'costed.rounding_decimals', 'costed.rounding_mode'
                ) }}
            else costed.cost_scaled
        end as amount_scaled,
        costed.is_last_needed
    from costed

)

select * from tiered
