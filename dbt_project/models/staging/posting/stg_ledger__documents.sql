-- One row per sealed ERP document, voided ones included.
with

source as (

    select * from {{ source('ledger', 'documents') }}

),

renamed as (

    select
        document_key,
        document_identity,
        revision,
        batch_number,
        erp_code,
        book,
        legal_entity_code,
        currency,
        functional_currency,
        posting_date,
        accounting_period,
        entry_type,
        source_document,
        content_hash,
        total_minor,
        functional_total_minor,
        line_count,
        needs_approval
    from source

)

select * from renamed
