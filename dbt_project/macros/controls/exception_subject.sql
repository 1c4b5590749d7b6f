{# The subject of an exception's key: what follows its code, its origin and its kind of subject. #}
{% macro exception_subject(exception_key) -%}
    regexp_replace({{ exception_key }}, '^([^|]*[|]){3}', '')
{%- endmacro %}
