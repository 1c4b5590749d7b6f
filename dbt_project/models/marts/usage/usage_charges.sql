-- One row per contract line, contract version and accounting period: the charge to be invoiced.
-- The amount becomes money once, here: rounded half away from zero, unless the price says how.
with

charges as (

    select * from {{ ref('int_usage_charges_priced') }}

),

tiers as (

    select * from {{ ref('int_usage_charges_tiered') }}

),

adjustments as (

    select * from {{ ref('usage_charge_adjustments') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

amounts as (

    select
        tiers.usage_charge_id,
        case
            when count(*) = count(tiers.amount_scaled) then sum(tiers.amount_scaled)
        end as amount_scaled,
        sum({{ amount_from_scaled('tiers.amount_scaled') }}) as amount,
        {{ any_true('tiers.is_last_needed') }} as price_found
    from tiers
    group by tiers.usage_charge_id

),

adjusted as (

    select
        adjustments.usage_charge_id,
        case
            when count(*) = count(adjustments.amount)
                then sum({{ scaled_exact_amount('adjustments.amount') }})
        end as amount_scaled,
        sum(cast(adjustments.amount as decimal(38, 12))) as amount
    from adjustments
    group by adjustments.usage_charge_id

),

totals as (

    -- Unknown when a tier or a step is.
    select
        amounts.usage_charge_id,
        amounts.price_found,
        amounts.amount as rated_amount,
        case when adjusted.usage_charge_id is null then 0 else adjusted.amount end
            as adjustment_amount,
        amounts.amount
        + case when adjusted.usage_charge_id is null then 0 else adjusted.amount end
            as charge_amount,
        amounts.amount_scaled
        + case when adjusted.usage_charge_id is null then 0 else adjusted.amount_scaled end
            as amount_scaled
    from amounts
    left join adjusted on amounts.usage_charge_id = adjusted.usage_charge_id

),

usage_charges as (

    select
        charges.usage_charge_id,
        charges.contract_id,
        charges.contract_version_id,
        charges.contract_line_id,
        charges.product_code,
        charges.meter_code,
        charges.price_id,
        charges.legal_entity_code,
        charges.currency,
        charges.accounting_period,
        charges.service_start_date,
        charges.service_end_date,
        least(charges.service_end_date, charges.cutoff_date) as through_date,
        charges.service_end_date <= charges.cutoff_date as is_complete,
        charges.price_model,
        charges.package_size,
        charges.package_rounding,
        charges.aggregation,
        charges.landed_quantity,
        charges.quantity,
        charges.conversion_operation,
        charges.conversion_factor,
        charges.conversion_decimals,
        charges.conversion_rounding,
        charges.converted_quantity,
        charges.included_quantity,
        cast(charges.free_quantity as decimal(28, 6)) as free_quantity,
        charges.billable_quantity,
        cast(charges.flat_days as integer) as flat_days,
        cast(charges.flat_month_days as integer) as flat_month_days,
        {%- for part in ['rated', 'adjustment', 'charge'] %}
            cast(
                case
                    when totals.price_found and totals.amount_scaled is not null
                        then totals.{{ part }}_amount
                end as decimal(38, 12)
            ) as {{ part }}_amount,
        {%- endfor %}
        charges.rounding_place,
        least(charges.rounding_decimals, currencies.minor_unit_exponent) as rounding_decimals,
        charges.rounding_mode,
        cast(
            case
                when totals.price_found
                    then {{ div_truncated(
                        round_scaled(
                            'totals.amount_scaled',
                            'coalesce(least(charges.rounding_decimals, '
                            ~ 'currencies.minor_unit_exponent), 0)',
                            "coalesce(charges.rounding_mode, 'half_up')",
                        ),
                        power_of_ten('18 - currencies.minor_unit_exponent'),
                    ) }}
            end as bigint
        ) as charge_minor,
        coalesce(totals.price_found, false) as price_found,
        charges.price_version,
        charges.event_count
    from charges
    left join totals on charges.usage_charge_id = totals.usage_charge_id
    left join currencies on charges.currency = currencies.currency

)

select * from usage_charges
