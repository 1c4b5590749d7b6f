{# Monthly accounting period of a day, such as 2026-02. #}
{% macro accounting_period(day) -%}
    strftime({{ day }}, '%Y-%m')
{%- endmacro %}

{# First day of the month of a day. #}
{% macro month_start(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# Last day of the month of a day. #}
{% macro month_end(day) -%}
    last_day({{ day }})
{%- endmacro %}

{# A day moved by whole days; the result is a date on every engine. #}
{% macro add_days(day, days) -%}
    cast({{ day }} + cast(({{ days }}) as integer) as date)
{%- endmacro %}

{# A day moved by whole calendar months; a day that month does not have becomes its last one. #}
{% macro add_months(day, months) -%}
    cast({{ day }} + to_months(cast(({{ months }}) as integer)) as date)
{%- endmacro %}

{# Days from the first day up to, not including, the last: both are dates. #}
{% macro days_between(first_day, day_after) -%}
    ({{ day_after }} - {{ first_day }})
{%- endmacro %}

{# One row per month start, from the month of one day to the month of another, both inside.
   Select it in a column list: it multiplies the rows of its query. #}
{% macro month_spine(first_day, last_day) -%}
    cast(
        unnest(
            generate_series(
                date_trunc('month', {{ first_day }}),
                date_trunc('month', {{ last_day }}),
                interval 1 month
            )
        ) as date
    )
{%- endmacro %}

{# The day it is in a time zone at a UTC instant. #}
{% macro local_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{# The UTC instant at which a day begins in a time zone. #}
{% macro midnight_at(day, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, cast({{ day }} as timestamp)))
{%- endmacro %}

{# The end of an open span: valid_to is never null, so every span compares the same way. #}
{% macro end_of_time() -%}
    date '9999-12-31'
{%- endmacro %}

{# Whole calendar months from a day up to, not including, another. #}
{% macro full_months_between(first_day, day_after) -%}
    (
        date_diff('month', {{ first_day }}, {{ day_after }})
        - case
            when
                {{ add_months(
                    first_day, "date_diff('month', " ~ first_day ~ ', ' ~ day_after ~ ')'
                ) }} > {{ day_after }}
                then 1
            else 0
        end
    )
{%- endmacro %}

{# Number of days of the month a day lies in. #}
{% macro days_in_month(day) -%}
    extract('day' from {{ month_end(day) }})
{%- endmacro %}

{# Quarters of an hour from 1970-01-01 to a UTC instant. #}
{% macro quarter_hour(instant) -%}
    (epoch_us({{ instant }}) // 900000000)
{%- endmacro %}

{# The UTC instant at which a quarter of an hour begins. #}
{% macro instant_of_quarter_hour(quarter_hour) -%}
    make_timestamp(({{ quarter_hour }}) * 900000000)
{%- endmacro %}

{# The 96 quarters of an hour of a UTC day, one row each. Select it in a column list. #}
{% macro quarter_hours_of_day(day) -%}
    unnest(
        range(
            {{ quarter_hour('cast(' ~ day ~ ' as timestamp)') }},
            {{ quarter_hour('cast(' ~ day ~ ' as timestamp)') }} + 96
        )
    )
{%- endmacro %}

{# Whole minutes from one UTC instant to another, none when the other is earlier. #}
{% macro minutes_between(started_at, ended_at) -%}
    greatest(
        cast((epoch_us({{ ended_at }}) - epoch_us({{ started_at }})) // 60000000 as bigint), 0
    )
{%- endmacro %}

{# One row per day from one day to another, both inside. Select it in a column list. #}
{% macro day_spine(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{# Calendar months from the month of one day to the month of another. #}
{% macro months_apart(first_day, last_day) -%}
    date_diff('month', {{ first_day }}, {{ last_day }})
{%- endmacro %}

{# Microseconds from one UTC instant to another. #}
{% macro microseconds_between(started_at, ended_at) -%}
    (epoch_us({{ ended_at }}) - epoch_us({{ started_at }}))
{%- endmacro %}

{# One row per instant that lies a multiple of some days from an anchor, after one instant and up
   to another, inside. Select it in a column list. #}
{% macro recurring_instants(anchor_at, every_days, after_at, through_at) -%}
    unnest(
        list_filter(
            generate_series(
                {{ anchor_at }}
                - to_days(
                    cast(
                        {{ every_days }}
                        * (
                            greatest(date_diff('day', {{ after_at }}, {{ anchor_at }}), 0)
                            // {{ every_days }} + 1
                        ) as integer
                    )
                ),
                {{ through_at }},
                to_days(cast({{ every_days }} as integer))
            ),
            lambda instant: instant > {{ after_at }}
        )
    )
{%- endmacro %}

{# UTC days from the day of one instant to the end of another instant's day before it: the days
   that a span of instants touches. #}
{% macro utc_days_between(started_at, ended_at) -%}
    ({{ last_utc_day_before(ended_at) }} - cast({{ started_at }} as date) + 1)
{%- endmacro %}

{# The UTC day of the last instant before another. #}
{% macro last_utc_day_before(ended_at) -%}
    cast({{ ended_at }} - interval 1 microsecond as date)
{%- endmacro %}

{# The UTC instant at which the hour of another begins. #}
{% macro hour_start(instant) -%}
    date_trunc('hour', {{ instant }})
{%- endmacro %}

{# A UTC instant as text that sorts as instants do. #}
{% macro instant_text(instant) -%}
    strftime({{ instant }}, '%Y-%m-%d %H:%M:%S.%f')
{%- endmacro %}

{# A UTC instant of a day of a time zone as a time of that day: how long after its midnight. The
   end of a day of 25 hours is its last instant. #}
{% macro instant_within_day(day, instant, time_zone) -%}
    least(
        cast({{ day }} as timestamp) + ({{ instant }} - {{ midnight_at(day, time_zone) }}),
        cast({{ day }} as timestamp) + interval 1 day - interval 1 microsecond
    )
{%- endmacro %}
