{# True when any row of the window or group is true. #}
{% macro any_true(condition) -%}
    bool_or({{ condition }})
{%- endmacro %}
