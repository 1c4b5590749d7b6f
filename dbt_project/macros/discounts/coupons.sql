{#
    One row per bill (`key`) and step: what is left of its subtotal after its coupons, one after
    another; step 0 is before any. A percentage takes its part of what is left, a fixed coupon what remains of it; none more than is
    left. Each reduction is rounded as the bill says. Whether percentages go first is a column.
#}
{% macro coupon_steps(bills, coupons, key) -%}
    with recursive

    ordered as (

        select
            coupons.*,
            row_number() over (
                partition by coupons.{{ key }}
                order by
                    case
                        when coupons.coupon_order is null then 0
                        when coupons.coupon_order = 'percent_first'
                            then case when coupons.coupon_type = 'percent' then 0 else 1 end
                        when coupons.coupon_order = 'fixed_first'
                            then case when coupons.coupon_type = 'fixed' then 0 else 1 end
                    end,
                    coupons.position
            ) as ordinal
        from {{ coupons }} as coupons

    ),

    steps as (

        select
            bills.{{ key }},
            cast(0 as bigint) as step,
            cast(null as bigint) as position,
            bills.subtotal_scaled as before_scaled,
            bills.subtotal_scaled as left_scaled,
            bills.rounding_decimals,
            bills.rounding_mode
        from {{ bills }} as bills
        union all
        select
            steps.{{ key }},
            steps.step + 1 as step,
            cast(ordered.position as bigint) as position,
            steps.left_scaled as before_scaled,
            steps.left_scaled - {{ coupon_takes('steps', 'ordered') }} as left_scaled,
            steps.rounding_decimals,
            steps.rounding_mode
        from steps
        inner join ordered
            on steps.{{ key }} = ordered.{{ key }} and steps.step + 1 = ordered.ordinal

    )

    select
        steps.{{ key }},
        steps.step,
        steps.position,
        steps.before_scaled,
        steps.left_scaled
    from steps
{%- endmacro %}

{# One row per bill: what is left after its last coupon. #}
{% macro after_coupons(bills, coupons, key) -%}
    select
        steps.{{ key }},
        steps.left_scaled
    from ({{ coupon_steps(bills, coupons, key) }}) as steps
    qualify
        row_number() over (partition by steps.{{ key }} order by steps.step desc) = 1
{%- endmacro %}

{% macro coupon_takes(bill, coupon) -%}
    case {{ coupon }}.coupon_type
        when 'percent'
            then {{ percent_of(
                bill ~ '.left_scaled', coupon ~ '.percent',
                bill ~ '.rounding_decimals', bill ~ '.rounding_mode',
            ) }}
        when 'fixed'
            then {{ round_scaled(
                at_least(
                    at_most(
                        bill ~ '.left_scaled',
                        scaled_by_18('(' ~ coupon ~ '.amount - ' ~ coupon ~ '.already_used)'),
                    ),
                    '0',
                ),
                bill ~ '.rounding_decimals', bill ~ '.rounding_mode',
            ) }}
    end
{%- endmacro %}
