{#
    One row per item: its share of a total in whole units. Every share is rounded down, and the
    units that are left go one by one to the largest remainders; ties to the earlier position, or
    to the smaller item key where the row says so. `items` has one row per total (`key`) and item:
    total_units, weight (a whole number, not negative), position, item_key, tie_break.
#}
{% macro largest_remainder(items, key) -%}
    select
        ranked.*,
        case
            when ranked.total_units = 0 then 0
            when ranked.weight_total > 0 and ranked.smallest_weight >= 0 and ranked.total_units >= 0
                then
                    ranked.whole_share
                    + case when ranked.remainder_rank <= ranked.units_left then 1 else 0 end
        end as share_units
    from (
        select
            shared.*,
            shared.total_units - sum(shared.whole_share) over totals as units_left,
            row_number() over (
                partition by shared.{{ key }}
                order by
                    shared.remainder desc,
                    case when shared.tie_break = 'key' then shared.item_key end,
                    shared.position
            ) as remainder_rank
        from (
            select
                weighed.*,
                {{ div_truncated('weighed.product', 'weighed.weight_total') }} as whole_share,
                weighed.product % weighed.weight_total as remainder
            from (
                select
                    items.*,
                    {{ or_unknown('items.total_units * items.weight') }} as product,
                    nullif(sum(items.weight) over weights, 0) as weight_total,
                    min(items.weight) over weights as smallest_weight
                from {{ items }} as items
                window weights as (partition by items.{{ key }})
            ) as weighed
        ) as shared
        window totals as (partition by shared.{{ key }})
    ) as ranked
{%- endmacro %}

{# An amount as a whole number of units of its last decimal; unknown when it has more. #}
{% macro whole_units(amount_scaled, decimals) -%}
    case
        when {{ amount_scaled }} % {{ power_of_ten('18 - ' ~ decimals) }} = 0
            then {{ div_truncated(amount_scaled, power_of_ten('18 - ' ~ decimals)) }}
    end
{%- endmacro %}
