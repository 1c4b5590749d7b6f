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

{# The properties of an event, a JSON object, as a map of texts; null when there is no object. #}
{% macro properties_map(document) -%}
    try_cast(try_cast({{ document }} as json) as map(varchar, varchar))
{%- endmacro %}

{# The rows of a group as a list of structs with some of their columns, in an order. #}
{% macro structs_of(columns, order) -%}
    list(
        struct_pack({% for column in columns %}
            {{ column.split('.')[-1] }} := {{ column }}{{ ',' if not loop.last }}{% endfor %}
        ) order by {{ order }}
    )
{%- endmacro %}

{# Conditions of several rows as a map: a property and the values that meet it. #}
{% macro conditions_of(property, values) -%}
    map_from_entries(list(row({{ property }}, {{ values }}) order by {{ property }}))
{%- endmacro %}

{# The values of a group as a list in their own order. #}
{% macro ordered_list(expression) -%}
    list({{ expression }} order by {{ expression }})
{%- endmacro %}

{# The first struct of a list whose field `conditions` the properties meet; null when none is. #}
{% macro first_met(properties, structs) -%}
    list_filter(
        {{ structs }},
        lambda one: {{ meets_all(properties, 'one.conditions') }}
    )[1]
{%- endmacro %}
