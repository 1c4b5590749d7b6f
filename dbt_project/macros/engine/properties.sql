{# The value of a property of an event, as text; null when it has none. #}
{% macro property_of(properties, name) -%}
    {{ properties }}[{{ name }}]
{%- endmacro %}

{# The values of several properties of an event, in the order asked for. #}
{% macro properties_of(properties, names) -%}
    list_transform({{ names }}, lambda name: {{ property_of(properties, 'name') }})
{%- endmacro %}

{# True when each of some conditions, a property and its possible values, is met. #}
{% macro meets_all(properties, conditions) -%}
    coalesce(
        list_bool_and(
            list_transform(
                map_entries({{ conditions }}),
                lambda entry: coalesce(
                    list_contains(entry.value, {{ property_of(properties, 'entry.key') }}), false
                )
            )
        ),
        true
    )
{%- endmacro %}

{# True when all conditions of at least one set are met. #}
{% macro meets_any(properties, sets_of_conditions) -%}
    coalesce(
        list_bool_or(
            list_transform(
                {{ sets_of_conditions }}, lambda conditions: {{ meets_all(properties, 'conditions') }}
            )
        ),
        false
    )
{%- endmacro %}

{# A text as a decimal; null when it is no number. #}
{% macro number_of(text) -%}
    try_cast({{ text }} as decimal(38, 12))
{%- endmacro %}

{# The value that belongs to the last row of a group in some order. #}
{% macro last_value_of(expression, order) -%}
    arg_max({{ expression }}, {{ order }})
{%- endmacro %}
