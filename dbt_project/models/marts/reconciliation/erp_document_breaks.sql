-- One row per document that the ledger and the ERP do not agree on, and kind of disagreement.
with

breaks as (

    select * from {{ ref('int_erp_document_breaks') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

final as (

    select
        breaks.break_code
        || ':' || coalesce(breaks.document_key, '')
        || ':' || coalesce(breaks.erp_document_id, '') as break_key,
        breaks.break_code,
        coalesce(breaks.document_key, 'no key') as document_key,
        breaks.erp_code,
        breaks.legal_entity_code,
        breaks.erp_document_id,
        breaks.erp_number,
        breaks.currency,
        breaks.posting_date,
        breaks.accounting_period,
        breaks.sealed_minor,
        breaks.erp_minor,
        breaks.erp_minor - breaks.sealed_minor as difference_minor,
        breaks.functional_sealed_minor,
        breaks.functional_erp_minor,
        breaks.functional_erp_minor - breaks.functional_sealed_minor
            as functional_difference_minor,
        'Document ' || coalesce(breaks.document_key, 'without a key')
        || coalesce(' (ERP no. ' || breaks.erp_number || ')', '')
        || ': ' || {{ break_words('breaks.break_code') }}
        || ' The books sealed '
        || {{ amount_text(
            'breaks.sealed_minor', 'currencies.minor_unit_exponent', 'breaks.currency'
        ) }}
        || ', the ERP holds '
        || {{ amount_text(
            'breaks.erp_minor', 'currencies.minor_unit_exponent', 'breaks.currency'
        ) }}
        || '.' as sentence
    from breaks
    left join currencies on breaks.currency = currencies.currency

)

select * from final
