{# The delivery states that keep a document out of the ERP, the one that needs a person most
   first: the state of a line is the worst of its documents. #}
{% macro open_delivery_states() -%}
    {{ return(['conflict', 'rejected', 'held', 'pending_approval', 'in_flight']) }}
{%- endmacro %}

{# Rank of a delivery state; null for the states that need nothing more. #}
{% macro delivery_severity(delivery_status) -%}
    case {{ delivery_status }}
    {%- for state in open_delivery_states() %}
        when '{{ state }}' then {{ loop.index }}
    {%- endfor %}
    end
{%- endmacro %}

{# The delivery state of a rank. #}
{% macro delivery_of_severity(severity) -%}
    case {{ severity }}
    {%- for state in open_delivery_states() %}
        when {{ loop.index }} then '{{ state }}'
    {%- endfor %}
    end
{%- endmacro %}
