{# Days of a half-open span on which a suspension lies; none where there is no suspension. #}
{% macro suspended_days_between(suspensions, first_day, day_after) -%}
    greatest(
        least({{ suspensions }}.suspended_to, {{ day_after }})
        - greatest({{ suspensions }}.suspended_from, {{ first_day }}),
        0
    )
{%- endmacro %}

{# Days of service from the start of an obligation until a day, less those a pause took out. Both
   days' rows of the contract's suspensions are joined before, with suspensions_at. #}
{% macro served_days(start, day, at_day, at_start='at_start') -%}
    {{ days_between(start, day) }}
    - {{ suspended_days_before(at_day, day) }}
    + {{ suspended_days_before(at_start, start) }}
{%- endmacro %}

{% macro suspended_days_before(suspensions, day) -%}
    coalesce(
        {{ suspensions }}.suspended_before_days
        + (least({{ day }}, {{ suspensions }}.suspended_to) - {{ suspensions }}.suspended_from),
        0
    )
{%- endmacro %}

{# Join the one row of a contract's suspensions that says how long it stood still before a day;
   none when it had not been paused yet. #}
{% macro suspensions_at(name, contract_id, day) -%}
    left join suspensions as {{ name }}
        on {{ contract_id }} = {{ name }}.contract_id
        and {{ day }} >= {{ name }}.suspended_from
        and {{ day }} < {{ name }}.next_suspended_from
{%- endmacro %}
