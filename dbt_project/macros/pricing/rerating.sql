{#
    What each run books when everything is rated again from the start: per period, what it comes to
    now less what earlier runs booked for it. `totals` has one row per rating (`key`), run and
    period with the cumulative amount at the end of the period as the run knew it.
#}
{% macro booked_by_run(totals, key) -%}
    select
        apart.*,
        apart.period_scaled - lag(apart.period_scaled, 1, 0) over (
            partition by apart.{{ key }}, apart.period_number order by apart.run_number
        ) as booked_scaled
    from (
        select
            totals.*,
            totals.total_scaled - lag(totals.total_scaled, 1, 0) over (
                partition by totals.{{ key }}, totals.run_number order by totals.period_number
            ) as period_scaled
        from {{ totals }} as totals
    ) as apart
{%- endmacro %}
