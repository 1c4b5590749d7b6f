-- One row per document that the ledger and the ERP do not agree on, and kind of disagreement.
-- A document still on its way counts only when the ERP holds it with another content.
with

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

erp_documents as (

    select * from {{ ref('int_erp_documents_matched') }}

),

missing as (

    select
        'MISSING_IN_ERP' as break_code,
        journal_entries.document_key,
        journal_entries.erp_code,
        journal_entries.legal_entity_code,
        journal_entries.erp_document_id,
        journal_entries.erp_number,
        journal_entries.currency,
        journal_entries.posting_date,
        journal_entries.accounting_period,
        journal_entries.total_minor as sealed_minor,
        cast(0 as bigint) as erp_minor,
        journal_entries.functional_total_minor as functional_sealed_minor,
        cast(0 as bigint) as functional_erp_minor
    from journal_entries
    left join erp_documents
        on
            journal_entries.document_key = erp_documents.document_key
            and journal_entries.erp_code = erp_documents.erp_code
    where
        journal_entries.delivery_status = 'posted'
        and erp_documents.document_key is null

),

duplicated as (

    select
        'DUPLICATE_IN_ERP' as break_code,
        document_key,
        erp_code,
        min(legal_entity_code) as legal_entity_code,
        string_agg(erp_document_id, ',' order by copy_number) as erp_document_id,
        string_agg(erp_number, ',' order by copy_number) as erp_number,
        min(currency) as currency,
        min(posting_date) as posting_date,
        min(accounting_period) as accounting_period,
        min(sealed_minor) as sealed_minor,
        cast(sum(debit_minor) as bigint) as erp_minor,
        min(functional_sealed_minor) as functional_sealed_minor,
        cast(sum(functional_debit_minor) as bigint) as functional_erp_minor
    from erp_documents
    where
        is_sealed
        and copy_count > 1
    group by document_key, erp_code

),

altered_or_unknown as (

    select
        case
            when is_sealed and delivery_status in ('posted', 'conflict', 'in_flight')
                then 'ALTERED_IN_ERP'
            else 'UNKNOWN_IN_ERP'
        end as break_code,
        document_key,
        erp_code,
        legal_entity_code,
        erp_document_id,
        erp_number,
        currency,
        posting_date,
        accounting_period,
        case
            when delivery_status in ('posted', 'conflict', 'in_flight') then sealed_minor else 0
        end as sealed_minor,
        debit_minor as erp_minor,
        case
            when delivery_status in ('posted', 'conflict', 'in_flight')
                then functional_sealed_minor
            else 0
        end as functional_sealed_minor,
        functional_debit_minor as functional_erp_minor
    from erp_documents
    where
        not is_sealed
        or delivery_status not in ('posted', 'conflict', 'in_flight')
        or not is_unaltered

),

breaks as (

    select * from missing
    union all
    select * from duplicated
    union all
    select * from altered_or_unknown

)

select * from breaks
