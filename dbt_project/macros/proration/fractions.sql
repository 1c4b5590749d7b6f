{#
    A part of a whole as two integers, so that nothing is lost before the one rounding. A price
    that rounds the quotient first says to how many decimals: the fraction is then that quotient.
#}
{% macro fraction_numerator(part, whole, quotient_decimals) -%}
    case
        when {{ quotient_decimals }} is null then {{ wide(part) }}
        else {{ quotient(part, whole, quotient_decimals) }}
    end
{%- endmacro %}

{% macro fraction_denominator(whole, quotient_decimals) -%}
    case
        when {{ quotient_decimals }} is null then {{ wide(whole) }}
        else {{ power_of_ten('coalesce(' ~ quotient_decimals ~ ', 0)') }}
    end
{%- endmacro %}

{# A quotient as a whole count of its last decimal, ties away from zero. #}
{% macro quotient(part, whole, quotient_decimals) -%}
    case
        when {{ whole }} > 0
            then {{ div_half_up_wide(
                wide(part) ~ ' * ' ~ power_of_ten('coalesce(' ~ quotient_decimals ~ ', 0)'), whole
            ) }}
    end
{%- endmacro %}

{# A quotient as a count of 10^-18. #}
{% macro scaled_quotient(part, whole, quotient_decimals) -%}
    {{ round_ratio(
        wide(part) ~ ' * ' ~ power_of_ten('18'), whole, '18', quotient_decimals, "'half_up'"
    ) }}
{%- endmacro %}

{# A part of an amount for some of its days, both as counts of 10^-18. #}
{% macro share_of_days(amount_scaled, days, of_days) -%}
    {{ round_ratio(amount_scaled ~ ' * ' ~ wide(days), of_days, '18', '18', "'half_up'") }}
{%- endmacro %}

{# An amount times a fraction, tax added before the one rounding. #}
{% macro amount_of_fraction(
    amount, numerator, denominator, rounding_decimals, rounding_mode, tax_percent='0'
) -%}
    {{ round_ratio(
        scaled_amount(amount) ~ ' * ' ~ numerator
        ~ ' * ' ~ scaled_quantity('100 + ' ~ tax_percent),
        wide(denominator) ~ ' * 100000000',
        '12',
        rounding_decimals,
        rounding_mode,
    ) }}
{%- endmacro %}

{# An amount at a rate per day that is itself rounded: rate, then quantity, then days. #}
{% macro amount_of_days(
    amount, quantity, days, whole_days, daily_rate_decimals, rounding_decimals, rounding_mode
) -%}
    {{ round_ratio(
        div_half_up_wide(
            scaled_amount(amount) ~ ' * ' ~ power_of_ten('coalesce(' ~ daily_rate_decimals ~ ', 0)'),
            wide(whole_days) ~ ' * ' ~ power_of_ten('12'),
        )
        ~ ' * ' ~ scaled_quantity(quantity) ~ ' * ' ~ wide(days),
        power_of_ten('coalesce(' ~ daily_rate_decimals ~ ', 0)'),
        '6',
        rounding_decimals,
        rounding_mode,
    ) }}
{%- endmacro %}

{# A prorated quantity over the full one as a fraction in lowest terms. #}
{% macro reduced_numerator(part, whole) -%}
    {{ div_truncated(
        scaled_quantity(part) ~ ' * sign(' ~ whole ~ ')',
        common_divisor(scaled_quantity(part), scaled_quantity(whole)),
    ) }}
{%- endmacro %}

{% macro reduced_denominator(part, whole) -%}
    {{ div_truncated(
        'abs(' ~ scaled_quantity(whole) ~ ')',
        common_divisor(scaled_quantity(part), scaled_quantity(whole)),
    ) }}
{%- endmacro %}
