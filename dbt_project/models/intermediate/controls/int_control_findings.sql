-- One row per control and subject, for all controls that stand on their own.
{% set controls = [
    'ctl_subject_legal_entity',
    'ctl_subject_customer_status',
    'ctl_contract_confirmed',
    'ctl_contract_pauses',
    'ctl_contract_renewals',
    'ctl_document_prerequisites',
    'ctl_subject_product',
    'ctl_document_contract_lines',
    'ctl_subject_revenue_treatment',
    'ctl_contract_currency',
    'ctl_document_currency',
    'ctl_document_amounts',
    'ctl_document_payment_terms',
    'ctl_document_totals',
    'ctl_document_billed_price',
    'ctl_credit_limit',
    'ctl_document_settlement',
    'ctl_document_disputes',
    'ctl_credit_policy',
    'ctl_contract_amendment_timing',
    'ctl_contract_amendments',
    'ctl_document_service_stopped',
    'ctl_document_tax_code',
    'ctl_contract_usage_price',
    'ctl_subject_fx_rate',
    'ctl_subject_gl_mapping',
    'ctl_contract_credits',
    'ctl_contract_deferred_balance',
    'ctl_subject_operator_hold',
    'ctl_subject_change_approval',
    'ctl_document_duplicate',
    'ctl_adjustment_statements',
    'ctl_contract_repeated',
    'ctl_prepaid_grants',
    'ctl_contract_negative_usage',
    'ctl_contract_quotes',
    'ctl_legal_entity_open_period',
] %}
with

findings as (

    {% for control in controls %}
        select * from {{ ref(control) }}
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from findings
