{#
    How much of a billable quantity one tier takes.

    per_unit    the first tier takes all of it
    graduated   each tier takes the part that lies between its bounds (its upper bound inside)
    volume      the tier that holds the whole quantity takes all of it
    package     the first tier takes the started packages
#}
{% macro tier_quantity(
    price_model, billable_quantity, above_quantity, up_to_quantity, package_size, is_first
) -%}
    cast(
        case {{ price_model }}
            when 'per_unit'
                then {{ per_unit_quantity(billable_quantity, is_first) }}
            when 'graduated'
                then {{ graduated_quantity(billable_quantity, above_quantity, up_to_quantity) }}
            when 'volume'
                then {{ volume_quantity(billable_quantity, above_quantity, up_to_quantity) }}
            when 'package'
                then {{ package_quantity(billable_quantity, package_size, is_first) }}
        end
        as decimal(28, 6)
    )
{%- endmacro %}

{% macro per_unit_quantity(billable_quantity, is_first) -%}
    case when {{ is_first }} then {{ billable_quantity }} else 0 end
{%- endmacro %}

{% macro graduated_quantity(billable_quantity, above_quantity, up_to_quantity) -%}
    greatest(
        least({{ billable_quantity }}, coalesce({{ up_to_quantity }}, {{ billable_quantity }}))
        - {{ above_quantity }},
        0
    )
{%- endmacro %}

{% macro volume_quantity(billable_quantity, above_quantity, up_to_quantity) -%}
    case
        when
            {{ billable_quantity }} > {{ above_quantity }}
            and {{ billable_quantity }} <= coalesce({{ up_to_quantity }}, {{ billable_quantity }})
            then {{ billable_quantity }}
        else 0
    end
{%- endmacro %}

{% macro package_quantity(billable_quantity, package_size, is_first) -%}
    case
        when {{ is_first }} and {{ package_size }} > 0
            then {{ div_truncated(
                scaled_quantity(billable_quantity) ~ ' + ' ~ scaled_quantity(package_size) ~ ' - 1',
                scaled_quantity(package_size),
            ) }}
        else 0
    end
{%- endmacro %}

{# True when no tier behind this one is needed to price the quantity. When no tier of a plan says
   so, the plan has no price for the quantity, and the charge has none. #}
{% macro tier_ends_the_price(
    price_model, billable_quantity, up_to_quantity, package_size, is_first
) -%}
    case {{ price_model }}
        when 'per_unit' then {{ is_first }}
        when 'package' then {{ is_first }} and coalesce({{ package_size }} > 0, false)
        when 'graduated'
            then {{ billable_quantity }} <= coalesce({{ up_to_quantity }}, {{ billable_quantity }})
        when 'volume'
            then {{ billable_quantity }} <= coalesce({{ up_to_quantity }}, {{ billable_quantity }})
        else false
    end
{%- endmacro %}

{# Cost of a tier as a whole count of 10^-18 of a major unit. The flat amount is due once the
   tier takes anything. Null from 10^12 major units on: no charge is that large, and sums of such
   would leave the range of minor units, so the charge stays unknown and a control holds it. #}
{% macro tier_amount_scaled(quantity, unit_price, flat_amount) -%}
    case
        when
            {{ scaled_quantity(quantity) }}
            < {{ power_of_ten('30') }} // greatest(abs({{ scaled_price(unit_price) }}), 1)
            then
                {{ scaled_quantity(quantity) }} * {{ scaled_price(unit_price) }}
                + case
                    when {{ quantity }} > 0 then {{ scaled_price(flat_amount) }} * 1000000
                    else 0
                end
    end
{%- endmacro %}
