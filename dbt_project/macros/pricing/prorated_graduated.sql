{#
    Graduated tiers for units that stay (seats): each move of the number of units is priced for the
    part of the period it lasts, in the tiers it moves through; a removal walks back down. Below
    zero the first tier goes on. `moves` has one row per rating (`key`) and move: position,
    quantity (signed) and the fraction of the period as two integers. `tiers` has the tiers.
    The amount is numerator / (denominator x 10^18): it is rounded once, by whoever asks.

    Flat amounts are not prorated: every tier up to the highest total ever reached is due. Units
    that end below none cost nothing.
#}
{% macro prorated_graduated_amounts(ratings, moves, tiers, key) -%}
    select
        ratings.{{ key }},
        coalesce(walked.full_quantity, 0) as full_quantity,
        case
            when coalesce(walked.full_quantity, 0) < 0 then 0
            else {{ or_unknown(
                at_least(
                    'case when priced.is_priced then priced.units_numerator else 0 end', '0'
                )
                ~ ' + flats.flat_scaled * coalesce(walked.denominator, 1)'
            ) }}
        end as numerator,
        coalesce(walked.denominator, 1) as denominator
    from {{ ratings }} as ratings
    left join ({{ walked_totals(moves, key) }}) as walked on ratings.{{ key }} = walked.{{ key }}
    left join ({{ walked_units(moves, tiers, key) }}) as priced
        on ratings.{{ key }} = priced.{{ key }}
    left join (
        select
            reached.{{ key }},
            sum({{ scaled_by_18('reached.flat_amount') }}) as flat_scaled
        from (
            select
                bounds.{{ key }},
                case
                    when coalesce(totals.highest_quantity, 0) > bounds.above_quantity
                        then bounds.flat_amount
                    when bounds.is_first and bounds.bills_first_flat_at_zero
                        then bounds.flat_amount
                    else 0
                end as flat_amount
            from ({{ walked_tiers(tiers, key) }}) as bounds
            left join ({{ walked_totals(moves, key) }}) as totals
                on bounds.{{ key }} = totals.{{ key }}
        ) as reached
        group by reached.{{ key }}
    ) as flats on ratings.{{ key }} = flats.{{ key }}
{%- endmacro %}

{% macro walked_tiers(tiers, key) -%}
    select
        tiers.*,
        coalesce(max(tiers.up_to_quantity) over previous_tiers, 0) as above_quantity,
        count(*) over previous_tiers = 0 as is_first
    from {{ tiers }} as tiers
    window previous_tiers as (
        partition by tiers.{{ key }}
        order by tiers.tier_number
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}

{% macro walked_moves(moves, key) -%}
    select
        moves.*,
        sum(moves.quantity) over (
            partition by moves.{{ key }}
            order by moves.position
            rows between unbounded preceding and current row
        ) as quantity_after
    from {{ moves }} as moves
{%- endmacro %}

{% macro walked_totals(moves, key) -%}
    select
        steps.{{ key }},
        sum(steps.quantity) as full_quantity,
        max(steps.quantity_after) as highest_quantity,
        {{ common_multiple('steps.fraction_denominator') }} as denominator
    from ({{ walked_moves(moves, key) }}) as steps
    group by steps.{{ key }}
{%- endmacro %}

{% macro walked_units(moves, tiers, key) -%}
    select
        slices.{{ key }},
        true as is_priced,
        case
            when count(*) = count(slices.slice_numerator) then sum(slices.slice_numerator)
        end as units_numerator
    from (
        select
            steps.{{ key }},
            {{ or_unknown(
                'case when steps.quantity < 0 then -1 else 1 end * '
                ~ scaled_quantity(moved_within_tier('steps', 'bounds'))
                ~ ' * ' ~ scaled_price('bounds.unit_price')
                ~ ' * ' ~ wide('steps.fraction_numerator')
                ~ ' * ' ~ div_truncated('totals.denominator', 'steps.fraction_denominator')
            ) }} as slice_numerator
        from ({{ walked_moves(moves, key) }}) as steps
        inner join ({{ walked_tiers(tiers, key) }}) as bounds
            on steps.{{ key }} = bounds.{{ key }}
        inner join ({{ walked_totals(moves, key) }}) as totals
            on steps.{{ key }} = totals.{{ key }}
    ) as slices
    group by slices.{{ key }}
{%- endmacro %}

{# Units of a move that lie within a tier. #}
{% macro moved_within_tier(step, tier) -%}
    greatest(
        least(
            greatest({{ step }}.quantity_after, {{ step }}.quantity_after - {{ step }}.quantity),
            coalesce(
                {{ tier }}.up_to_quantity,
                greatest({{ step }}.quantity_after, {{ step }}.quantity_after - {{ step }}.quantity)
            )
        )
        - greatest(
            least({{ step }}.quantity_after, {{ step }}.quantity_after - {{ step }}.quantity),
            case
                when {{ tier }}.is_first
                    then
                        least(
                            {{ step }}.quantity_after,
                            {{ step }}.quantity_after - {{ step }}.quantity
                        )
                else {{ tier }}.above_quantity
            end
        ),
        0
    )
{%- endmacro %}
