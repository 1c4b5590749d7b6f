{# Billing and recognition meet on tracks. All fixed lines of a contract share one. #}
{% macro contract_track(contract_id, legal_entity_code, currency) -%}
    concat_ws('|', 'contract', {{ contract_id }}, {{ legal_entity_code }}, {{ currency }})
{%- endmacro %}

{# Usage has one track per contract line and accounting period. #}
{% macro usage_track(contract_id, contract_line_id, period, legal_entity_code, currency) -%}
    concat_ws(
        '|',
        'usage',
        {{ contract_id }},
        {{ contract_line_id }},
        {{ period }},
        {{ legal_entity_code }},
        {{ currency }}
    )
{%- endmacro %}
