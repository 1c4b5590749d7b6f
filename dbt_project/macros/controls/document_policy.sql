{# The value of a policy on the day of each document, that of its legal entity before that of all;
   from the CTEs `documents` and `policies`. A document without a row has no such policy. #}
{% macro document_policy(policy_code) -%}
    select
        documents.document_type,
        documents.document_id,
        try_cast(policies.policy_value as bigint) as policy_value
    from documents
    inner join policies
        on
            policies.policy_code = '{{ policy_code }}'
            and policies.legal_entity_code in (documents.legal_entity_code, '*')
            and documents.document_date >= policies.valid_from
            and documents.document_date < policies.valid_to
    qualify row_number() over (
        partition by documents.document_type, documents.document_id
        order by case policies.legal_entity_code when '*' then 1 else 0 end
    ) = 1
{%- endmacro %}
