{#
    One row per rating and tier that can be reached: what the tier takes and what that costs, as
    whole counts of 10^-18 of a major unit. Nothing is rounded here.

    `rated` is a relation with one row per rating (`key`) and tier of its price, with the terms of
    the price: price_model, billable_quantity, deciding_quantity, bills_first_flat_at_zero,
    package_size, package_rounding, tier_number, up_to_quantity, unit_price, flat_amount, tier_cap
    and block_size.
#}
{% macro tier_arithmetic(rated, key) -%}
    select
        taken.*,
        {{ tier_amount_scaled('taken.takes', 'taken.unit_price', '0', 'null') }}
            as units_scaled,
        {{ tier_amount_scaled('taken.takes', 'taken.unit_price', 'taken.flat_due', 'taken.tier_cap') }}
            as amount_scaled
    from (
        select
            bounded.*,
            {{ tier_flat_amount('bounded') }} as flat_due,
            {{ tier_ends_the_price('bounded') }} as is_last_needed
        from (
            select
                counted.*,
                {{ tier_takes('counted') }} as takes
            from ({{ tier_bounds(rated, key) }}) as counted
            where counted.is_reachable
        ) as bounded
    ) as taken
{%- endmacro %}

{# Where each tier begins and ends; a tier behind one without bound is out of reach, except where
   bounds are of several units. #}
{% macro tier_bounds(rated, key) -%}
    select
        terms.*,
        coalesce(max(terms.up_to_quantity) over previous_tiers, 0) as above_quantity,
        terms.price_model = 'capacity'
        or count(*) over previous_tiers = count(terms.up_to_quantity) over previous_tiers
            as is_reachable,
        count(*) over previous_tiers = 0 as is_first
    from {{ rated }} as terms
    window previous_tiers as (
        partition by terms.{{ key }}
        order by terms.tier_number
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}

{# Cost of a tier as a whole count of 10^-18 of a major unit. Null from 10^12 major units on: no
   charge is that large, and sums of such would leave the range of minor units, so the charge
   stays unknown and a control holds it. #}
{% macro tier_amount_scaled(takes, unit_price, flat_due, tier_cap) -%}
    {{ at_most(
        '(' ~ amount_at_price(takes, unit_price) ~ ') + ' ~ scaled_by_18(flat_due), scaled_by_18(tier_cap)
    ) }}
{%- endmacro %}

{% macro amount_at_price(quantity, unit_price) -%}
    case
        when
            abs({{ scaled_quantity(quantity) }})
            < {{ div_truncated(
                power_of_ten('30'), 'greatest(abs(' ~ scaled_price(unit_price) ~ '), 1)'
            ) }}
            then {{ scaled_quantity(quantity) }} * {{ scaled_price(unit_price) }}
    end
{%- endmacro %}

{# What the tiers of a rating come to together; unknown when one of them is, or when no tier says
   that the price ends with it. #}
{% macro rating_amount(tiered) -%}
    case
        when
            {{ any_true(tiered ~ '.is_last_needed') }}
            and count(*) = count({{ tiered }}.amount_scaled)
            then sum({{ tiered }}.amount_scaled)
    end
{%- endmacro %}
