{# Each tier takes the units between its bounds, its upper bound inside. #}
{% macro graduated_takes(tier) -%}
    greatest(
        least(
            {{ tier }}.billable_quantity,
            coalesce({{ tier }}.up_to_quantity, {{ tier }}.billable_quantity)
        ) - {{ tier }}.above_quantity,
        0
    )
{%- endmacro %}
