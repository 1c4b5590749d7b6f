{#
    One row per rating (`key`): the flat amount of the first tier in which the total of every unit
    stays within its maximum, the edge inside; past all of them the last tier applies. Units that
    are not reported count as none, and no usage at all costs nothing.
#}
{% macro capacity_amounts(tiers, limits, quantities, key) -%}
    select
        fitting.{{ key }},
        fitting.tier_number,
        fitting.amount,
        fitting.has_usage
    from (
        select
            tiers.{{ key }},
            tiers.tier_number,
            tiers.amount,
            max(coalesce(quantities.quantity, 0)) over by_rating > 0 as has_usage,
            {{ any_true('quantities.quantity > limits.max_quantity') }} over by_tier as is_exceeded,
            max(tiers.tier_number) over by_rating = tiers.tier_number as is_last
        from {{ tiers }} as tiers
        left join {{ quantities }} as quantities on tiers.{{ key }} = quantities.{{ key }}
        left join {{ limits }} as limits
            on
                tiers.{{ key }} = limits.{{ key }}
                and tiers.tier_number = limits.tier_number
                and quantities.unit = limits.unit
        window
            by_rating as (partition by tiers.{{ key }}),
            by_tier as (partition by tiers.{{ key }}, tiers.tier_number)
    ) as fitting
    where fitting.is_last or not coalesce(fitting.is_exceeded, false)
    qualify
        row_number() over (partition by fitting.{{ key }} order by fitting.tier_number) = 1
{%- endmacro %}
