{# What a line costs in one month, in minor units: a yearly price counts a twelfth. #}
{% macro monthly_price_minor(quantity, unit_price, price_period, minor_unit_exponent) -%}
    {{ term_price_minor(
        quantity='coalesce(' ~ quantity ~ ', 1)',
        unit_price=unit_price,
        price_period=price_period,
        full_months='1',
        stub_days='0',
        days_in_stub_month='1',
        minor_unit_exponent=minor_unit_exponent,
    ) }}
{%- endmacro %}

{# The ways recurring revenue moves, in the order a bridge shows them. #}
{% macro recurring_movements() -%}
    {{ return(['new', 'reactivation', 'expansion', 'price', 'contraction', 'churn']) }}
{%- endmacro %}

{# Part of a whole as a rate with six decimals, rounded half away from zero; null without one. #}
{% macro rate_of(part, whole) -%}
    case
        when {{ whole }} > 0
            then cast(
                cast({{ div_half_up(wide(part) ~ ' * 1000000', whole) }} as decimal(18, 0))
                * cast('0.000001' as decimal(7, 6)) as decimal(18, 6)
            )
    end
{%- endmacro %}
