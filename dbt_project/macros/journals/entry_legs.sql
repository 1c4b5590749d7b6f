{# The legs of entries, from the rows of a CTE: for each account role, as SQL, what a row adds to
   that account in the transaction currency and in the functional one; debits are positive. Every
   leg keeps the columns in `keys`. #}
{% macro entry_legs(rows, keys, legs) -%}
    {%- for role, amount_minor, functional_amount_minor in legs %}
    {{ 'union all' if not loop.first }}
    select
        {{ keys | join(', ') }},
        {{ role }} as account_role,
        cast({{ amount_minor }} as bigint) as amount_minor,
        cast({{ functional_amount_minor }} as bigint) as functional_amount_minor
    from {{ rows }}
    {%- endfor %}
{%- endmacro %}
