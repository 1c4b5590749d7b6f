{# Part of an amount by a percentage, rounded like the amount. #}
{% macro percent_of(amount_scaled, percent, decimals, mode) -%}
    {{ round_ratio(
        amount_scaled ~ ' * ' ~ scaled_quantity(percent), '100000000', '18', decimals, mode
    ) }}
{%- endmacro %}

{# What an amount exceeds a maximum by, with what was billed before; never more than itself. #}
{% macro above_maximum(amount_scaled, billed_before_scaled, maximum_scaled) -%}
    case
        when {{ maximum_scaled }} is null or {{ amount_scaled }} <= 0 then 0
        else {{ at_most(
            at_least(
                billed_before_scaled ~ ' + ' ~ amount_scaled
                ~ ' - ' ~ maximum_scaled,
                '0',
            ),
            amount_scaled,
        ) }}
    end
{%- endmacro %}

{# What is missing to a minimum, with what was billed before; asked once, when the period ends. #}
{% macro below_minimum(amount_scaled, billed_before_scaled, minimum_scaled, is_final) -%}
    case
        when {{ minimum_scaled }} is null or not {{ is_final }} then 0
        else {{ true_up(
            minimum_scaled, '(' ~ billed_before_scaled ~ ' + ' ~ amount_scaled ~ ')'
        ) }}
    end
{%- endmacro %}

{# What one unit came to; nothing when there was none. #}
{% macro effective_unit_amount(amount_scaled, quantity, decimals) -%}
    case
        when {{ quantity }} = 0 then 0
        else {{ round_ratio(
            amount_scaled ~ ' * 1000000', scaled_quantity(quantity), '18', decimals, "'half_up'"
        ) }}
    end
{%- endmacro %}

{# Where a line stands among the lines of its period. #}
{% macro line_position(is_first, is_last) -%}
    case
        when {{ is_first }} and {{ is_last }} then 'single'
        when {{ is_first }} then 'first'
        when {{ is_last }} then 'last'
        else 'middle'
    end
{%- endmacro %}

{# True when a line of a period that is billed in several lines bills its price: a flat fee once,
   on the first line in advance and on the last in arrears; volume once the total is known. #}
{% macro line_bills(price_model, billing_mode, line_position) -%}
    case
        when {{ line_position }} = 'single' then true
        when {{ price_model }} = 'flat' and {{ billing_mode }} = 'advance'
            then {{ line_position }} = 'first'
        when {{ price_model }} = 'flat' and {{ billing_mode }} = 'arrears'
            then {{ line_position }} = 'last'
        when {{ price_model }} = 'volume' then {{ line_position }} = 'last'
        when {{ price_model }} <> 'flat' then true
    end
{%- endmacro %}

{# An amount less a percentage. #}
{% macro less_percent(amount_scaled, percent_discount, decimals, mode) -%}
    (
        {{ amount_scaled }}
        - {{ percent_of(amount_scaled, 'coalesce(' ~ percent_discount ~ ', 0)', decimals, mode) }}
    )
{%- endmacro %}

{# What a period comes to so far: within its maximum and, once it has ended, its minimum. #}
{% macro within_limits(amount_scaled, maximum_amount, minimum_amount, is_final) -%}
    {{ at_least(
        at_most(amount_scaled, scaled_by_18(maximum_amount)),
        'case when ' ~ is_final ~ ' then ' ~ scaled_by_18(minimum_amount) ~ ' end',
    ) }}
{%- endmacro %}
