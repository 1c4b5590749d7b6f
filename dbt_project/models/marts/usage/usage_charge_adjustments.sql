-- One row per usage charge and step between its tiers and its amount: free units, rounding,
-- discounts, and the limits of its month and its window. What the charges of the span come to
-- through this one decides; what the step did to earlier charges is taken off.
{% set group_of_price = 'contract_id, contract_line_id, price_id' %}
with

charges as (

    select * from {{ ref('int_usage_charge_limits') }}

),

price_discounts as (

    select * from {{ source('raw', 'reference_price_discounts') }}

),

coupons as (

    select
        charges.usage_charge_id,
        cast(price_discounts.discount_number as bigint) as position,
        cast(null as varchar) as coupon_order,
        price_discounts.discount_type as coupon_type,
        cast(price_discounts.discount_value as decimal(20, 12)) as amount,
        cast(price_discounts.discount_value as decimal(20, 12)) as percent,
        0 as already_used
    from charges
    inner join price_discounts
        on
            charges.price_id = price_discounts.price_id
            and charges.price_valid_from = cast(price_discounts.valid_from as date)
            and price_discounts.discount_type <> 'free_units'

),

discounts as (

    {{ discount_steps(
        'charges', 'coupons', 'usage_charge_id',
        group_of_price ~ ', price_valid_from, period_start_date',
    ) }}

),

discounted as (

    select
        usage_charge_id,
        case
            when count(*) = count(taken_through_scaled - earlier_scaled)
                then sum(taken_through_scaled - earlier_scaled)
        end as taken_scaled
    from discounts
    group by usage_charge_id

),

net as (

    select
        charges.*,
        case
            when discounted.usage_charge_id is null then charges.amount_scaled
            else charges.amount_scaled - discounted.taken_scaled
        end as net_scaled
    from charges
    left join discounted on charges.usage_charge_id = discounted.usage_charge_id

),

month_limits as (

    {{ limit_steps(
        'net', 'usage_charge_id', group_of_price ~ ', period_start_date',
        'net_scaled', 'maximum_scaled', 'minimum_scaled', 'is_month_over',
    ) }}

),

billed as (

    select
        charges.*,
        month_limits.limited_scaled
    from charges
    inner join month_limits on charges.usage_charge_id = month_limits.usage_charge_id

),

overages as (

    {{ overage_steps(
        'billed', 'usage_charge_id', group_of_price ~ ', window_start_date',
        'limited_scaled', 'commitment_scaled',
    ) }}

),

raised as (

    select
        charges.*,
        overages.raised_scaled
    from charges
    inner join overages on charges.usage_charge_id = overages.usage_charge_id

),

window_limits as (

    {{ limit_steps(
        'raised', 'usage_charge_id', group_of_price ~ ', window_start_date',
        'raised_scaled', 'spend_cap_scaled', 'commitment_scaled', 'is_window_over',
    ) }}

),

steps as (

    {{ adjustment_steps(
        'charges', 'coupons', 'discounts', 'month_limits', 'overages', 'window_limits',
    ) }}

),

final as (

    select
        steps.usage_charge_id,
        cast(
            row_number() over (
                partition by steps.usage_charge_id order by steps.rank, steps.position
            ) as integer
        ) as step_number,
        steps.step_kind,
        case when steps.rank > 5 then charges.window_start_date else charges.period_start_date end
            as span_start_date,
        case
            when steps.rank > 5 then {{ add_days('charges.window_end_date', -1) }}
            else {{ month_end('charges.period_start_date') }}
        end as span_end_date,
        cast(
            case
                when steps.rank > 5 then charges.window_service_days
                else charges.month_service_days
            end as bigint
        ) as service_days,
        cast(steps.quantity as decimal(28, 6)) as quantity,
        cast(steps.term_value as decimal(20, 12)) as term_value,
        {{ exact_amount('steps.limit_scaled') }} as limit_amount,
        {{ exact_amount('steps.base_scaled') }} as base_amount,
        {{ exact_amount('steps.earlier_scaled') }} as earlier_amount,
        {{ exact_amount('steps.through_scaled - steps.earlier_scaled') }} as amount
    from steps
    inner join charges on steps.usage_charge_id = charges.usage_charge_id

)

select * from final
