{#
    One row per step between the tiers of a charge and its amount, by rank and position: what it
    finds (base_scaled), and what it moves of the charges of its span through this one, and before.
    Free units move no amount: the tiers have not priced them.
#}
{% macro adjustment_steps(charges, coupons, discounts, month_limits, overages, window_limits) -%}
    select
        usage_charge_id,
        1 as rank,
        0 as position,
        'free_units' as step_kind,
        free_quantity as quantity,
        cast(null as decimal(20, 12)) as term_value,
        cast(null as hugeint) as base_scaled,
        cast(null as hugeint) as limit_scaled,
        cast(0 as hugeint) as through_scaled,
        cast(0 as hugeint) as earlier_scaled
    from {{ charges }} as charges
    where free_quantity <> 0
    union all
    select
        usage_charge_id,
        2 as rank,
        0 as position,
        'rounding' as step_kind,
        null as quantity,
        step_decimals as term_value,
        tiers_scaled as base_scaled,
        null as limit_scaled,
        amount_scaled - tiers_scaled as through_scaled,
        0 as earlier_scaled
    from {{ charges }} as charges
    where amount_scaled is distinct from tiers_scaled
    union all
    select
        coupons.usage_charge_id,
        3 as rank,
        coupons.position,
        coupons.coupon_type || '_discount' as step_kind,
        null as quantity,
        coupons.amount as term_value,
        discounts.base_scaled,
        null as limit_scaled,
        -discounts.taken_through_scaled as through_scaled,
        -discounts.earlier_scaled as earlier_scaled
    from {{ coupons }} as coupons
    inner join {{ discounts }} as discounts
        on
            coupons.usage_charge_id = discounts.usage_charge_id
            and coupons.position = discounts.position
    union all
    select
        charges.usage_charge_id,
        6 as rank,
        0 as position,
        'overage' as step_kind,
        null as quantity,
        charges.overage_factor as term_value,
        overages.base_scaled,
        charges.commitment_scaled as limit_scaled,
        overages.over_scaled as through_scaled,
        overages.earlier_over_scaled as earlier_scaled
    from {{ charges }} as charges
    inner join {{ overages }} as overages on charges.usage_charge_id = overages.usage_charge_id
    where charges.overage_factor is not null
    {%- for rank, limit, span, limits, base, direction, moved in [
        (4, 'maximum', 'month', month_limits, 'base', '-', 'above'),
        (5, 'minimum', 'month', month_limits, 'capped', '', 'below'),
        (7, 'spend_cap', 'window', window_limits, 'base', '-', 'above'),
        (8, 'commitment', 'window', window_limits, 'capped', '', 'below'),
    ] %}
        union all
        select
            charges.usage_charge_id,
            {{ rank }} as rank,
            0 as position,
            '{{ limit }}' as step_kind,
            null as quantity,
            charges.{{ limit }}_amount as term_value,
            limits.{{ base }}_scaled as base_scaled,
            charges.{{ limit }}_scaled as limit_scaled,
            {{ direction }}limits.{{ moved }}_scaled as through_scaled,
            {{ direction }}limits.earlier_{{ moved }}_scaled as earlier_scaled
        from {{ charges }} as charges
        inner join {{ limits }} as limits
            on charges.usage_charge_id = limits.usage_charge_id
        where
            charges.{{ limit }}_amount is not null
            {%- if moved == 'below' %}
                and charges.is_{{ span }}_over
            {%- endif %}
    {%- endfor %}
{%- endmacro %}
