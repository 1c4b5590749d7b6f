{# An integer wide enough that the product of two amounts cannot overflow. #}
{% macro wide(expression) -%}
    cast({{ expression }} as hugeint)
{%- endmacro %}

{# The value of one column on the row where another is largest; null values never win. #}
{% macro value_at_largest(value, position) -%}
    max_by({{ value }}, {{ position }})
{%- endmacro %}
