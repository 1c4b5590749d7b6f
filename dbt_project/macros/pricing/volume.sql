{# The tier that holds the whole quantity takes all of it. Where only part of the period is priced,
   the quantity of the full period (deciding_quantity) finds the tier. #}
{% macro volume_takes(tier) -%}
    case when {{ tier_holds(tier) }} then {{ tier }}.billable_quantity else 0 end
{%- endmacro %}

{% macro tier_holds(tier) -%}
    (
        {{ tier }}.deciding_quantity > {{ tier }}.above_quantity
        and {{ tier_holds_or_exceeds(tier) }}
    )
{%- endmacro %}

{% macro tier_holds_or_exceeds(tier) -%}
    {{ tier }}.deciding_quantity
    <= coalesce({{ tier }}.up_to_quantity, {{ tier }}.deciding_quantity)
{%- endmacro %}
