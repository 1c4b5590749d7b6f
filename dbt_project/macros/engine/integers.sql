{# Integer division rounded half away from zero, exact: no decimal or double is involved.
   The denominator must be positive. #}
{% macro div_half_up(numerator, denominator) -%}
    cast({{ div_half_up_wide(numerator, denominator) }} as bigint)
{%- endmacro %}

{# The same, left as wide as the engine's integers go. #}
{% macro div_half_up_wide(numerator, denominator) -%}
    (
        case when ({{ numerator }}) < 0 then -1 else 1 end
        * (
            (2 * abs(cast(({{ numerator }}) as hugeint)) + ({{ denominator }}))
            // (2 * cast(({{ denominator }}) as hugeint))
        )
    )
{%- endmacro %}

{# Integer division rounded towards zero, on integers wide enough for any product of ours. #}
{% macro div_truncated(numerator, denominator) -%}
    (cast(({{ numerator }}) as hugeint) // cast(({{ denominator }}) as hugeint))
{%- endmacro %}

{# Ten to the power of a small non-negative integer column, as an exact integer. #}
{% macro power_of_ten(exponent) -%}
    cast(rpad('1', cast({{ exponent }} as integer) + 1, '0') as hugeint)
{%- endmacro %}

{# A count of millionths as a decimal with six places, exact. #}
{% macro from_millionths(millionths) -%}
    cast(
        cast({{ millionths }} as decimal(18, 0)) * cast('0.000001' as decimal(7, 6))
        as decimal(18, 6)
    )
{%- endmacro %}

{# The least whole number that all positive integers of a group divide. #}
{% macro common_multiple(expression) -%}
    list_reduce(
        list({{ wide(expression) }} order by {{ wide(expression) }}),
        lambda one, other: lcm(one, other)
    )
{%- endmacro %}

{# The greatest whole number that divides both. #}
{% macro common_divisor(one, other) -%}
    gcd({{ wide(one) }}, {{ wide(other) }})
{%- endmacro %}
