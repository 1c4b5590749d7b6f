{# SHA-256 (hexadecimal) over parts joined by '|': the one way a key is made from values. Null
   parts count as empty, so a missing part never swallows its separator. #}
{% macro sha256_key(parts) -%}
    sha256(
        {%- for part in parts %}
        coalesce(cast({{ part }} as varchar), ''){{ " || '|' ||" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# A hash of all rows of a group, with all their columns, in an order. #}
{% macro rows_hash(alias, order) -%}
    md5(coalesce(string_agg(cast({{ alias }} as varchar), ',' order by {{ order }}), ''))
{%- endmacro %}
