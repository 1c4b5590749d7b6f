{# Billing and recognition meet on tracks. All fixed lines of a contract share one. #}
{% macro contract_track(contract_id, legal_entity_code, currency) -%}
    concat_ws('|', 'contract', {{ contract_id }}, {{ legal_entity_code }}, {{ currency }})
{%- endmacro %}

{# Prepaid credit has one track per line that sells it: what is invoiced for it is deferred there
   until it is used or expires. #}
{% macro prepaid_track(contract_id, contract_line_id, legal_entity_code, currency) -%}
    concat_ws(
        '|',
        'prepaid',
        {{ contract_id }},
        {{ contract_line_id }},
        {{ legal_entity_code }},
        {{ currency }}
    )
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
