{# Part of an integer total that falls on the first `part` of `whole`, rounded half away from
   zero. Successive shares differ by amounts that sum to the total exactly: cumulative rounding.
   `whole` must be positive. #}
{% macro share_of(total, part, whole) -%}
    {{ div_half_up(wide(total) ~ ' * ' ~ wide(part), wide(whole)) }}
{%- endmacro %}

{# Part of an integer total that falls between two points of `whole`. #}
{% macro share_between(total, part_from, part_to, whole) -%}
    (
        {{ share_of(total, part_to, whole) }}
        - {{ share_of(total, part_from, whole) }}
    )
{%- endmacro %}

{# The same, left as wide as the engine's integers go. #}
{% macro share_between_wide(total, part_from, part_to, whole) -%}
    (
        {{ div_half_up_wide(wide(total) ~ ' * ' ~ wide(part_to), wide(whole)) }}
        - {{ div_half_up_wide(wide(total) ~ ' * ' ~ wide(part_from), wide(whole)) }}
    )
{%- endmacro %}

{# Sum that is unknown as soon as one of its parts is: a missing amount is not zero. #}
{% macro sum_or_unknown(expression) -%}
    cast(case when count(*) = count({{ expression }}) then sum({{ expression }}) end as bigint)
{%- endmacro %}

{# Amount of one currency in another, in minor units, at a rate scaled by 10^12. #}
{% macro convert_minor(amount, rate_scaled, exponent, other_exponent) -%}
    {{ div_half_up(
        wide(amount) ~ ' * ' ~ wide(rate_scaled) ~ ' * ' ~ power_of_ten(other_exponent),
        wide('1000000000000') ~ ' * ' ~ power_of_ten(exponent),
    ) }}
{%- endmacro %}
