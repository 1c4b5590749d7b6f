{# An integer wide enough that the product of two amounts cannot overflow. #}
{% macro wide(expression) -%}
    cast({{ expression }} as hugeint)
{%- endmacro %}
