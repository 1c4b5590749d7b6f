{#
    Graduated tiers for units that stay (seats): each move of the number of units is priced for the
    part of the period it lasts, in the tiers it moves through; a removal walks back down. Below
    zero the first tier goes on. `moves` has one row per rating (`key`) and move: position,
    quantity (signed) and the fraction of the period as two integers, the denominator the same in
    all moves of a rating. `tiers` has the tiers.

    Flat amounts are not prorated: every tier up to the highest total ever reached is due, but not
    again when earlier charges of the period reached it. Units that end below none cost nothing;
    what units cost beyond the last bound is unknown.
#}

{# Moves whose fractions have any denominators, with one for all of a rating. #}
{% macro moves_of_one_denominator(moves, key) -%}
    select
        moves.{{ key }},
        moves.position,
        moves.quantity,
        moves.fraction_numerator
        * {{ div_truncated('wholes.denominator', 'moves.fraction_denominator') }}
            as fraction_numerator,
        wholes.denominator as fraction_denominator
    from {{ moves }} as moves
    inner join (
        select
            {{ key }},
            {{ common_multiple('fraction_denominator') }} as denominator
        from {{ moves }} as all_moves
        group by {{ key }}
    ) as wholes on moves.{{ key }} = wholes.{{ key }}
{%- endmacro %}

{# One row per move and tier: the units of the move that lie within the tier, signed. #}
{% macro unit_move_slices(moves, tiers, key) -%}
    select
        steps.*,
        bounds.tier_number,
        case when steps.quantity < 0 then -1 else 1 end
        * {{ moved_within_tier('steps', 'bounds') }} as tier_quantity
    from (
        select
            moves.*,
            sum(moves.quantity) over (
                partition by moves.{{ key }}
                order by moves.position
                rows between unbounded preceding and current row
            ) as quantity_after
        from {{ moves }} as moves
    ) as steps
    inner join ({{ walked_tiers(tiers, key) }}) as bounds on steps.{{ key }} = bounds.{{ key }}
{%- endmacro %}

{# One row per rating and tier: units for their part of the period, and their cost, as numerators
   over denominator x 10^6 and x 10^18; the flat amount that is due. Tiers are rounded together, so
   each comes with the cost of those before it. `ratings` has one row per rating with the quantity
   that earlier charges of the period reached, or none. #}
{% macro prorated_graduated_tiers(ratings, slices, tiers, key) -%}
    select
        priced.*,
        case
            when priced.full_quantity < 0 or priced.all_units_numerator < 0 then 0
            when priced.all_units_numerator is not null then priced.own_numerator
        end as units_numerator,
        case
            when priced.full_quantity < 0 or priced.all_units_numerator < 0 then 0
            when priced.all_units_numerator is not null
                then coalesce(sum(priced.own_numerator) over (
                    partition by priced.{{ key }}
                    order by priced.tier_number
                    rows between unbounded preceding and 1 preceding
                ), 0)
        end as units_before_numerator
    from (
        select
            counted.*,
            {{ unit_costs('counted') }} as own_numerator,
            case
                when count(*) over by_rating = count({{ unit_costs('counted') }}) over by_rating
                    then sum({{ unit_costs('counted') }}) over by_rating
            end as all_units_numerator
        from (
            select
                bounds.{{ key }},
                bounds.tier_number,
                bounds.unit_price,
                coalesce(totals.full_quantity, 0) as full_quantity,
                coalesce(totals.denominator, 1) as denominator,
                case
                    when sums.{{ key }} is null then 0
                    when totals.highest_quantity > bounds.last_quantity then null
                    else sums.quantity_numerator
                end as quantity_numerator,
                case
                    when totals.full_quantity < 0 then 0
                    when ratings.reached_before_quantity > bounds.above_quantity then 0
                    when totals.highest_quantity > bounds.above_quantity then bounds.flat_amount
                    when bounds.is_first and bounds.bills_first_flat_at_zero
                        then bounds.flat_amount
                    else 0
                end as flat_due
            from {{ ratings }} as ratings
            inner join ({{ walked_tiers(tiers, key) }}) as bounds
                on ratings.{{ key }} = bounds.{{ key }}
            left join ({{ walked_totals(slices, key) }}) as totals
                on bounds.{{ key }} = totals.{{ key }}
            left join ({{ walked_tier_sums(slices, key) }}) as sums
                on
                    bounds.{{ key }} = sums.{{ key }}
                    and bounds.tier_number = sums.tier_number
        ) as counted
        window by_rating as (partition by counted.{{ key }})
    ) as priced
{%- endmacro %}

{# What the units of a tier cost for their part of the period. #}
{% macro unit_costs(tier) -%}
    {{ or_unknown(tier ~ '.quantity_numerator * ' ~ scaled_price(tier ~ '.unit_price')) }}
{%- endmacro %}

{# Where each tier begins, and where the price ends, if it does. #}
{% macro walked_tiers(tiers, key) -%}
    select
        tiers.*,
        coalesce(max(tiers.up_to_quantity) over previous_tiers, 0) as above_quantity,
        count(*) over previous_tiers = 0 as is_first,
        case
            when count(*) over all_tiers = count(tiers.up_to_quantity) over all_tiers
                then max(tiers.up_to_quantity) over all_tiers
        end as last_quantity
    from {{ tiers }} as tiers
    window
        previous_tiers as (
            partition by tiers.{{ key }}
            order by tiers.tier_number
            rows between unbounded preceding and 1 preceding
        ),
        all_tiers as (partition by tiers.{{ key }})
{%- endmacro %}

{# One row per rating with moves: the units at its end, the most there ever were, and the denominator
   of all its fractions. #}
{% macro walked_totals(slices, key) -%}
    select
        slices.{{ key }},
        sum(slices.tier_quantity) as full_quantity,
        max(slices.quantity_after) as highest_quantity,
        min(slices.fraction_denominator) as denominator
    from {{ slices }} as slices
    group by slices.{{ key }}
{%- endmacro %}

{# One row per rating and tier with moves: its units, each for its part of the period. #}
{% macro walked_tier_sums(slices, key) -%}
    select
        parts.{{ key }},
        parts.tier_number,
        case when count(*) = count(parts.part_numerator) then sum(parts.part_numerator) end
            as quantity_numerator
    from (
        select
            slices.{{ key }},
            slices.tier_number,
            {{ or_unknown(
                scaled_quantity('slices.tier_quantity')
                ~ ' * ' ~ wide('slices.fraction_numerator')
            ) }} as part_numerator
        from {{ slices }} as slices
    ) as parts
    group by parts.{{ key }}, parts.tier_number
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

{# What the tiers of a rating come to together: numerator / (denominator x 10^18), rounded once by
   whoever asks. #}
{% macro prorated_graduated_amounts(tiered, key) -%}
    select
        summed.{{ key }},
        summed.full_quantity,
        summed.denominator,
        {{ or_unknown('summed.units_numerator + summed.flat_scaled * summed.denominator') }}
            as numerator
    from (
        select
            {{ key }},
            min(full_quantity) as full_quantity,
            min(denominator) as denominator,
            case when count(*) = count(units_numerator) then sum(units_numerator) end
                as units_numerator,
            sum({{ scaled_by_18('flat_due') }}) as flat_scaled
        from {{ tiered }} as tiered
        group by {{ key }}
    ) as summed
{%- endmacro %}

{# The cost of a tier as a whole count of 10^-18: what the tiers through it come to less what those
   before it do, so that all of them are rounded once; by itself where the price rounds tiers. #}
{% macro prorated_tier_cost(tier, rounds_tiers) -%}
    {{ scaled_by_18(tier ~ '.flat_due') }}
    + case
        when {{ rounds_tiers }} then {{ of_period(tier ~ '.units_numerator', tier) }}
        else {{ of_period(tier ~ '.units_before_numerator + ' ~ tier ~ '.units_numerator', tier) }}
            - {{ of_period(tier ~ '.units_before_numerator', tier) }}
    end
{%- endmacro %}

{% macro of_period(numerator, tier) -%}
    {{ round_ratio(numerator, tier ~ '.denominator', '18', '18', "'half_up'") }}
{%- endmacro %}

{# What a tier takes: units for their part of the period, for reading. #}
{% macro prorated_tier_quantity(tier) -%}
    {{ quantity_from_scaled(round_ratio(
        tier ~ '.quantity_numerator', tier ~ '.denominator', '6', '6', "'half_up'"
    )) }}
{%- endmacro %}

{# One row per charge of units that stay: the most units that earlier charges of its month, under the
   same price, reached. What those reached has paid the flat amounts of its tiers, except where they
   ended below none and cost nothing. #}
{% macro units_reached_before(charges, moves) -%}
    select
        charges.usage_charge_id,
        max(case when sum(moves.tier_quantity) >= 0 then max(moves.quantity_after) end) over (
            partition by
                charges.contract_id,
                charges.contract_line_id,
                charges.price_id,
                charges.period_start_date
            order by charges.service_start_date
            rows between unbounded preceding and 1 preceding
        ) as reached_before_quantity
    from {{ charges }} as charges
    left join {{ moves }} as moves on charges.usage_charge_id = moves.usage_charge_id
    where charges.price_model = 'prorated_graduated'
    group by
        charges.usage_charge_id,
        charges.contract_id,
        charges.contract_line_id,
        charges.price_id,
        charges.period_start_date,
        charges.service_start_date
{%- endmacro %}
