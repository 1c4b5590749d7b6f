{# The metered quantity in the units of the price: multiplied or divided by a factor and rounded as
   the price says. A quantity has six decimals; one that needs more and is not rounded is unknown. #}
{% macro converted_quantity(quantity, operation, factor, decimals, rounding) -%}
    case
        when {{ operation }} is null then cast({{ quantity }} as decimal(28, 6))
        when coalesce({{ decimals }}, 6) between -6 and 6
            then {{ or_unknown(quantity_from_scaled(
                'case ' ~ operation
                ~ " when 'multiply' then " ~ round_ratio(
                    scaled_quantity(quantity) ~ ' * ' ~ scaled_amount(factor),
                    power_of_ten('6'), '12', decimals, rounding,
                )
                ~ " when 'divide' then " ~ round_ratio(
                    scaled_quantity(quantity) ~ ' * ' ~ power_of_ten('12'),
                    scaled_amount(factor), '6', decimals, rounding,
                )
                ~ ' end'
            )) }}
    end
{%- endmacro %}

{# What is left to pay for once the free quantity is used up; a negative quantity stays as it is. #}
{% macro billable_quantity(quantity, free_quantity) -%}
    cast(
        {{ quantity }} - least(greatest({{ quantity }}, 0), coalesce({{ free_quantity }}, 0))
        as decimal(28, 6)
    )
{%- endmacro %}

{# Free units go from the start of the period: earlier usage takes them first. #}
{% macro free_quantity_left(free_quantity, quantity_before) -%}
    greatest({{ free_quantity }} - {{ quantity_before }}, 0)
{%- endmacro %}
