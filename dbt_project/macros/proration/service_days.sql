{# Days of a half-open span on which a suspension lies; none where there is no suspension. #}
{% macro suspended_days_between(suspensions, first_day, day_after) -%}
    greatest(
        least({{ suspensions }}.suspended_to, {{ day_after }})
        - greatest({{ suspensions }}.suspended_from, {{ first_day }}),
        0
    )
{%- endmacro %}

{# Days a contract stood still before a day: the row of its suspensions that answers for the day
   is joined with answers_for. #}
{% macro suspended_days_before(suspensions, day) -%}
    coalesce(
        {{ suspensions }}.suspended_before_days
        + (least({{ day }}, {{ suspensions }}.suspended_to) - {{ suspensions }}.suspended_from),
        0
    )
{%- endmacro %}

{# The one row of a contract's suspensions that says how long it stood still before a day. #}
{% macro answers_for(suspensions, contract_id, day) -%}
    {{ contract_id }} = {{ suspensions }}.contract_id
    and {{ day }} >= {{ suspensions }}.suspended_from
    and {{ day }} < {{ suspensions }}.next_suspended_from
{%- endmacro %}
