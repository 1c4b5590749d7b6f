{# The billing date of a month: its bill cycle day, or its last day when it is too short. #}
{% macro billing_date(month_start, bill_cycle_day) -%}
    least({{ add_days(month_start, bill_cycle_day ~ ' - 1') }}, {{ month_end(month_start) }})
{%- endmacro %}

{# The month of the first billing date on or after a day. #}
{% macro first_billing_month(first_day, bill_cycle_day, period_months) -%}
    case
        when {{ billing_date(month_start(first_day), bill_cycle_day) }} >= {{ first_day }}
            then {{ month_start(first_day) }}
        else {{ add_months(month_start(first_day), period_months) }}
    end
{%- endmacro %}

{# How many billing periods after the first billing month the last billing date on or before a day
   lies; -1 when the day is before the first billing date. #}
{% macro billing_dates_passed(first_month, day, bill_cycle_day, period_months) -%}
    case
        when {{ day }} < {{ billing_date(first_month, bill_cycle_day) }} then -1
        else
            {{ whole_periods_of_months(first_month, day, period_months) }}
            - case
                when
                    {{ billing_date(
                        add_months(
                            first_month,
                            whole_periods_of_months(first_month, day, period_months)
                            ~ ' * ' ~ period_months,
                        ),
                        bill_cycle_day,
                    ) }} > {{ day }}
                    then 1
                else 0
            end
    end
{%- endmacro %}

{% macro whole_periods_of_months(first_month, day, period_months) -%}
    {{ div_truncated(months_apart(first_month, day), period_months) }}
{%- endmacro %}
