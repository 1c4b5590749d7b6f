{# Every unit costs the same: the first tier takes all of them. #}
{% macro per_unit_takes(tier) -%}
    case when {{ tier }}.is_first then {{ tier }}.billable_quantity else 0 end
{%- endmacro %}
