{#
    One row per charge (`key`) and discount of its price, in their order: what it finds
    (base_scaled), what it takes of the charges of the span through this one, and what it had taken
    of earlier ones. `charges` has the columns of `group_by`, service_start_date, amount_scaled,
    step_decimals and rounding_mode; `coupons` those of coupon_steps, by charge.
#}
{% macro discount_steps(charges, coupons, key, group_by) -%}
    with

    bills as (

        select
            summed.*,
            summed.span_scaled as subtotal_scaled,
            summed.step_decimals as rounding_decimals
        from ({{ span_sums(charges, group_by) }}) as summed

    ),

    stepped as (

        select
            steps.*,
            steps.before_scaled - steps.left_scaled as taken_through_scaled
        from ({{ coupon_steps('bills', coupons, key) }}) as steps
        where steps.step > 0

    )

    select
        stepped.{{ key }},
        stepped.position,
        stepped.before_scaled as base_scaled,
        stepped.taken_through_scaled,
        lag(stepped.taken_through_scaled, 1, 0) over (
            partition by {{ group_by }}, stepped.position order by bills.service_start_date
        ) as earlier_scaled
    from stepped
    inner join bills on stepped.{{ key }} = bills.{{ key }}
{%- endmacro %}
