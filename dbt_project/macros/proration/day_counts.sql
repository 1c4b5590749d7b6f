{# Days of a stub and the days of its period, by day count. A stub is the part of a billing period
   before the first billing date (leading) or after the last one (trailing). #}
{% macro stub_days(day_count, stub_from, stub_to) -%}
    case {{ day_count }}
        when 'actual/actual' then {{ days_between(stub_from, stub_to) }}
        when 'fixed30' then {{ days_of_fixed_months(stub_from, stub_to) }}
    end
{%- endmacro %}

{% macro stub_period_days(day_count, stub, stub_from, stub_to, period_months) -%}
    case
        when {{ day_count }} = 'actual/actual' and {{ stub }} = 'leading'
            then {{ days_between(add_months(stub_to, '-' ~ period_months), stub_to) }}
        when {{ day_count }} = 'actual/actual' and {{ stub }} = 'trailing'
            then {{ days_between(stub_from, add_months(stub_from, period_months)) }}
        when {{ day_count }} = 'fixed30' and {{ period_months }} = 1 then 30
    end
{%- endmacro %}

{# Days between two dates at most a month apart, as if the first month had 30. #}
{% macro days_of_fixed_months(first_day, day_after) -%}
    case
        when {{ month_start(first_day) }} = {{ month_start(day_after) }}
            then {{ days_between(first_day, day_after) }}
        when {{ day_after }} <= {{ add_months(first_day, '1') }}
            then
                {{ days_between(first_day, day_after) }} - ({{ days_in_month(first_day) }} - 30)
    end
{%- endmacro %}

{# Days of a service within one month, its last day inside, by day count. #}
{% macro inclusive_days(day_count, first_day, last_day) -%}
    case
        when {{ month_start(first_day) }} <> {{ month_start(last_day) }} then null
        when {{ day_count }} in ('actual/actual', 'actual/30')
            then {{ days_between(first_day, last_day) }} + 1
        when {{ day_count }} = 'strict30/360' and {{ last_day }} = {{ month_end(last_day) }}
            then 30 - extract('day' from {{ first_day }}) + 1
        when {{ day_count }} = 'strict30/360'
            then {{ days_between(first_day, last_day) }} + 1
    end
{%- endmacro %}

{% macro inclusive_month_days(day_count, day) -%}
    case
        when {{ day_count }} = 'actual/actual' then {{ days_in_month(day) }}
        when {{ day_count }} in ('actual/30', 'strict30/360') then 30
    end
{%- endmacro %}

{# Whole billing periods from one day to another; a period that ends on the last day counts. #}
{% macro whole_periods(first_day, last_day, period_length, period_unit) -%}
    case
        when {{ last_day }} < {{ first_day }} or {{ period_length }} <= 0 then null
        when {{ period_unit }} = 'months'
            then {{ div_truncated(full_months_between(first_day, last_day), period_length) }}
        when {{ period_unit }} = 'days'
            then {{ div_truncated(days_between(first_day, last_day), period_length) }}
    end
{%- endmacro %}
