{# The values of a column, one row each, where they are few. They are gathered and laid out again: an
   engine that plans by estimates would expect as many as there are rows below, and keep the rows
   that are joined to them in memory instead of them. #}
{% macro each_of_few(column) -%}
    unnest(list({{ column }} order by {{ column }})) as {{ column }}
{%- endmacro %}
