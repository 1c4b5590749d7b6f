{# SHA-256 (hexadecimal) over parts joined by '|': the one way a key is made from values. Null
   parts count as empty, so a missing part never swallows its separator. #}
{% macro sha256_key(parts) -%}
    sha256(
        {%- for part in parts %}
        coalesce(cast({{ part }} as varchar), ''){{ " || '|' ||" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
