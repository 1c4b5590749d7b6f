{# Each tier takes the units between its bounds, its upper bound inside. #}
{% macro graduated_takes(tier) -%}
    greatest(
        least(
            {{ tier }}.billable_quantity,
            coalesce({{ tier }}.tier_ends_at, {{ tier }}.billable_quantity)
        ) - {{ tier }}.above_quantity,
        0
    )
{%- endmacro %}
