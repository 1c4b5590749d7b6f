{# Whole packages: a started one is paid in full, or not at all, as the price says. #}
{% macro package_takes(tier) -%}
    case
        when {{ tier }}.is_first and {{ package_is_sold(tier) }}
            then {{ packages_of(
                tier ~ '.billable_quantity', tier ~ '.package_size', tier ~ '.package_rounding'
            ) }}
        else 0
    end
{%- endmacro %}

{% macro package_is_sold(tier) -%}
    coalesce(
        {{ tier }}.package_size > 0
        and {{ tier }}.package_rounding in ('ceiling', 'floor', 'half_up')
        and {{ tier }}.billable_quantity >= 0,
        false
    )
{%- endmacro %}

{% macro packages_of(quantity, package_size, package_rounding) -%}
    {{ divide_by_mode(scaled_quantity(quantity), scaled_quantity(package_size), package_rounding) }}
{%- endmacro %}
