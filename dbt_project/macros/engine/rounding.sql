{#
    Exact ratios, rounded the way a row says.

    A ratio is numerator / (denominator x 10^scale) with integers above and below. What comes out
    is a whole count of 10^-18. Without decimals nothing is rounded, and a ratio that does not
    come out even is unknown. So is a mode nobody has defined, and what outgrows the integers.
#}
{% macro round_ratio(numerator, denominator, scale, decimals, mode) -%}
    {{ or_unknown(rounded_ratio(numerator, denominator, scale, decimals, mode)) }}
{%- endmacro %}

{% macro rounded_ratio(numerator, denominator, scale, decimals, mode) -%}
    case
        when {{ denominator }} <= 0 then null
        when {{ decimals }} is null then {{ even_ratio(numerator, denominator, scale) }}
        when {{ decimals }} between -18 and {{ scale }}
            then
                {{ divide_by_mode(
                    numerator,
                    wide(denominator) ~ ' * '
                    ~ power_of_ten('greatest(' ~ scale ~ ' - coalesce(' ~ decimals ~ ', 0), 0)'),
                    mode,
                ) }}
                * {{ power_of_ten('greatest(18 - coalesce(' ~ decimals ~ ', 0), 0)') }}
    end
{%- endmacro %}

{# The same for what is already a whole count of 10^-18. #}
{% macro round_scaled(amount_scaled, decimals, mode) -%}
    {{ round_ratio(amount_scaled, '1', '18', decimals, mode) }}
{%- endmacro %}

{# Integer division by the mode of a row; ties of half_up go away from zero. #}
{% macro divide_by_mode(numerator, denominator, mode) -%}
    case {{ mode }}
        when 'half_up' then {{ div_half_up_wide(numerator, denominator) }}
        when 'ceiling' then {{ div_ceiling(numerator, denominator) }}
        when 'floor' then {{ div_floor(numerator, denominator) }}
    end
{%- endmacro %}

{# Integer division upwards; the denominator is positive. #}
{% macro div_ceiling(numerator, denominator) -%}
    (
        {{ div_truncated(numerator, denominator) }}
        + case when {{ wide(numerator) }} % {{ wide(denominator) }} > 0 then 1 else 0 end
    )
{%- endmacro %}

{# Integer division downwards; the denominator is positive. #}
{% macro div_floor(numerator, denominator) -%}
    (
        {{ div_truncated(numerator, denominator) }}
        - case when {{ wide(numerator) }} % {{ wide(denominator) }} < 0 then 1 else 0 end
    )
{%- endmacro %}

{% macro even_ratio(numerator, denominator, scale) -%}
    case
        when
            ({{ wide(numerator) }} * {{ power_of_ten('18 - ' ~ scale) }}) % {{ wide(denominator) }}
            = 0
            then {{ div_truncated(
                wide(numerator) ~ ' * ' ~ power_of_ten('18 - ' ~ scale), denominator
            ) }}
    end
{%- endmacro %}

{# An amount of up to 12 decimals as a whole count of 10^-18. #}
{% macro scaled_by_18(amount) -%}
    ({{ scaled_amount(amount) }} * 1000000)
{%- endmacro %}

{# A whole number as a count of 10^-18. #}
{% macro whole_as_scaled(number) -%}
    ({{ wide(number) }} * {{ power_of_ten('18') }})
{%- endmacro %}

{# What the engine cannot compute, because it outgrows the widest integer, is unknown. #}
{% macro or_unknown(expression) -%}
    try({{ expression }})
{%- endmacro %}
