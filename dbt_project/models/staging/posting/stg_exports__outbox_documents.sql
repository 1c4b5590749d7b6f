-- One row per document on its way to the ERP.
with

source as (

    select * from {{ source('exports', 'outbox_documents') }}

),

renamed as (

    select
        document_key,
        erp_code,
        legal_entity_code,
        state,
        attempts,
        erp_document_id,
        erp_number,
        posted_on,
        posted_at,
        error_class,
        error_text,
        prepared_by,
        approved_by
    from source

)

select * from renamed
