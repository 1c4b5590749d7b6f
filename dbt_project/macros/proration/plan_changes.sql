{# What a plan costs for the rest of a period in which it changes: the day of the change belongs to
   the new plan. Usage is rated, not prorated, and what is bought once is charged in full; whether
   that is credited when it goes away is unknown. #}
{% macro amount_for_rest(change, amount, quantity) -%}
    case
        when {{ change }}.is_usage_based or {{ change }}.{{ amount }} is null then 0
        when {{ change }}.is_one_time and '{{ amount }}' = 'old_amount' then null
        when {{ change }}.is_one_time
            then {{ round_ratio(
                scaled_amount(change ~ '.' ~ amount)
                ~ ' * ' ~ scaled_quantity(change ~ '.' ~ quantity),
                '1', '18', change ~ '.rounding_decimals', change ~ '.rounding_mode',
            ) }}
        when {{ change }}.daily_rate_decimals is not null
            then {{ amount_of_days(
                change ~ '.' ~ amount, change ~ '.' ~ quantity, change ~ '.days_left',
                change ~ '.period_days', change ~ '.daily_rate_decimals',
                change ~ '.rounding_decimals', change ~ '.rounding_mode',
            ) }}
        else {{ round_ratio(
            scaled_amount(change ~ '.' ~ amount)
            ~ ' * ' ~ scaled_quantity(change ~ '.' ~ quantity)
            ~ ' * ' ~ wide(change ~ '.days_left'),
            change ~ '.period_days', '18',
            change ~ '.rounding_decimals', change ~ '.rounding_mode',
        ) }}
    end
{%- endmacro %}

{# A credit for unused time is no more than what was billed, less what was credited already. #}
{% macro capped_credit(prorated_credit, amount_billed, previous_credits) -%}
    {{ at_least(at_most(prorated_credit, amount_billed ~ ' - ' ~ previous_credits), '0') }}
{%- endmacro %}
