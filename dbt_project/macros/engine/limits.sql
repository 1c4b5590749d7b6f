{# A value, but no more than a limit. No limit is no limit, and what is unknown stays unknown:
   least() would read a missing value as the limit. #}
{% macro at_most(value, limit) -%}
    (case when ({{ value }}) > ({{ limit }}) then ({{ limit }}) else ({{ value }}) end)
{%- endmacro %}

{# A value, but no less than a limit. #}
{% macro at_least(value, limit) -%}
    (case when ({{ value }}) < ({{ limit }}) then ({{ limit }}) else ({{ value }}) end)
{%- endmacro %}
