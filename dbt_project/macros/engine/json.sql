{# Text of one field of a JSON object, null when the field is missing or null. #}
{% macro json_text(document, field) -%}
    json_extract_string({{ document }}, '$.{{ field }}')
{%- endmacro %}

{# The elements of a JSON array field as a list of JSON texts; unnest it in a column list. #}
{% macro json_elements(document, field) -%}
    unnest(cast(json_extract({{ document }}, '$.{{ field }}[*]') as varchar []))
{%- endmacro %}

{# The texts of a JSON array field as a list; null when the field is missing. #}
{% macro json_texts(document, field) -%}
    cast(json_extract({{ document }}, '$.{{ field }}') as varchar [])
{%- endmacro %}

{# Whether a text is in such a list. #}
{% macro list_has(texts, text) -%}
    list_contains({{ texts }}, {{ text }})
{%- endmacro %}

{# Texts of a group joined by commas in their own order, each once. #}
{% macro comma_list(expression) -%}
    string_agg(distinct {{ expression }}, ',' order by {{ expression }})
{%- endmacro %}
