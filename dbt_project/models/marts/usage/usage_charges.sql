-- One row per contract line, contract version and accounting period: the charge to be invoiced.
-- The amount becomes money once, here, rounded half away from zero.
with

charges as (

    select * from {{ ref('int_usage_charges_priced') }}

),

tiers as (

    select * from {{ ref('int_usage_charges_tiered') }}

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
        charges.quantity,
        charges.conversion_operation,
        charges.conversion_factor,
        charges.conversion_decimals,
        charges.conversion_rounding,
        charges.converted_quantity,
        charges.included_quantity,
        charges.billable_quantity,
        cast(
            case
                when amounts.price_found and amounts.amount_scaled is not null then amounts.amount
            end as decimal(38, 12)
        ) as charge_amount,
        case
            when amounts.price_found
                then {{ div_half_up(
                    'amounts.amount_scaled', power_of_ten('18 - currencies.minor_unit_exponent')
                ) }}
        end as charge_minor,
        coalesce(amounts.price_found, false) as price_found,
        charges.price_version,
        charges.event_count
    from charges
    left join amounts on charges.usage_charge_id = amounts.usage_charge_id
    left join currencies on charges.currency = currencies.currency

)

select * from usage_charges
