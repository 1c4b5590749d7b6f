{# One branch of the findings of the close gate: which rows of a relation speak against closing. #}
{% macro close_gate_finding(
    check_code, relation, condition='true', entity='legal_entity_code', period='accounting_period',
    sentence='sentence', count='1', known_at='null'
) -%}
    select
        '{{ check_code }}' as check_code,
        cast({{ entity }} as varchar) as legal_entity_code,
        cast({{ period }} as varchar) as finding_period,
        cast({{ known_at }} as timestamp) as known_at,
        cast({{ count }} as bigint) as finding_count,
        {{ sentence }} as sentence
    from {{ relation }}
    where {{ condition }}
{%- endmacro %}
