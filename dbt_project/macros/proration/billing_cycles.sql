{#
    How many billing periods are billed in advance up to a target day, as a count of 10^-18: the
    days before the first billing date, the whole periods that begin by the target, and the days
    after the last billing date when the service ends. Each part of a period is a quotient that is
    rounded on its own.

    `cycle` has from_date, to_date (null: no end), target_date, first_month (of the first billing
    date), bill_cycle_day, period_length in months and quotient_decimals. A stub at the start is
    measured by the period that ends with it, one at the end by the period that begins with it; a
    service that ends before its first billing date is a stub at the start.
#}
{% macro billed_in_advance(cycle) -%}
    case
        when {{ cycle }}.to_date < {{ cycle }}.from_date then null
        when {{ cycle }}.target_date < {{ cycle }}.from_date then null
        when {{ cycle }}.to_date = {{ cycle }}.from_date then 0
        when {{ cycle }}.to_date < {{ first_billing_date(cycle) }}
            then {{ stub_before(cycle, cycle ~ '.to_date') }}
        else
            {{ leading_stub_scaled(cycle) }}
            + {{ whole_as_scaled(
                'least(' ~ billing_dates_reached(cycle, 'target_date') ~ ' + 1, '
                ~ 'coalesce(' ~ billing_dates_reached(cycle, 'to_date') ~ ', '
                ~ billing_dates_reached(cycle, 'target_date') ~ ' + 1))'
            ) }}
            + {{ trailing_stub_scaled(cycle) }}
    end
{%- endmacro %}

{% macro first_billing_date(cycle) -%}
    {{ billing_date(cycle ~ '.first_month', cycle ~ '.bill_cycle_day') }}
{%- endmacro %}

{% macro billing_dates_reached(cycle, day) -%}
    {{ billing_dates_passed(
        cycle ~ '.first_month', cycle ~ '.' ~ day,
        cycle ~ '.bill_cycle_day', cycle ~ '.period_length',
    ) }}
{%- endmacro %}

{% macro billing_date_number(cycle, number) -%}
    {{ billing_date(
        add_months(
            cycle ~ '.first_month', '(' ~ number ~ ') * ' ~ cycle ~ '.period_length'
        ),
        cycle ~ '.bill_cycle_day',
    ) }}
{%- endmacro %}

{% macro leading_stub_scaled(cycle) -%}
    case
        when {{ first_billing_date(cycle) }} = {{ cycle }}.from_date then 0
        else {{ stub_before(cycle, first_billing_date(cycle)) }}
    end
{%- endmacro %}

{% macro stub_before(cycle, day) -%}
    {{ scaled_quotient(
        days_between(cycle ~ '.from_date', day),
        days_between(add_months(day, '-' ~ cycle ~ '.period_length'), day),
        cycle ~ '.quotient_decimals',
    ) }}
{%- endmacro %}

{% macro trailing_stub_scaled(cycle) -%}
    case
        when {{ cycle }}.to_date is null then 0
        when {{ last_billing_date(cycle) }} = {{ cycle }}.to_date then 0
        when {{ last_billing_date(cycle) }} > {{ cycle }}.target_date then 0
        else {{ scaled_quotient(
            days_between(last_billing_date(cycle), cycle ~ '.to_date'),
            days_between(
                last_billing_date(cycle),
                add_months(last_billing_date(cycle), cycle ~ '.period_length'),
            ),
            cycle ~ '.quotient_decimals',
        ) }}
    end
{%- endmacro %}

{% macro last_billing_date(cycle) -%}
    {{ billing_date_number(cycle, billing_dates_reached(cycle, 'to_date')) }}
{%- endmacro %}
