{# Price of a line for its whole term in minor units: quantity x unit price x months of the term,
   a partial month counting as its days over the days of that month. All factors are scaled to
   integers, so there is one rounding, half away from zero, at the end. #}
{% macro term_price_minor(
    quantity, unit_price, price_period, full_months, stub_days, days_in_stub_month,
    minor_unit_exponent
) -%}
    {{ div_half_up(
        scaled_quantity(quantity)
        ~ ' * ' ~ scaled_price(unit_price)
        ~ ' * (' ~ full_months ~ ' * ' ~ days_in_stub_month ~ ' + ' ~ stub_days ~ ')',
        'case ' ~ price_period ~ " when 'year' then 12 when 'month' then 1 end"
        ~ ' * ' ~ days_in_stub_month
        ~ ' * ' ~ power_of_ten('18 - ' ~ minor_unit_exponent)
    ) }}
{%- endmacro %}

{# Part of an amount for some of its days, rounded half away from zero. #}
{% macro prorate(amount_minor, days, total_days) -%}
    {{ div_half_up('cast(' ~ amount_minor ~ ' as hugeint) * ' ~ days, total_days) }}
{%- endmacro %}
