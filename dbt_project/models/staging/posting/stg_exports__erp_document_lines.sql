-- One row per line of a document read back from the ERP.
with

source as (

    select * from {{ source('exports', 'erp_documents') }}

),

renamed as (

    select
        erp_code,
        legal_entity_code,
        erp_document_id,
        erp_number,
        document_key,
        posting_date,
        accounting_period,
        state,
        line_number,
        account_code,
        dimension_product,
        side,
        currency,
        amount_minor,
        functional_amount_minor
    from source

)

select * from renamed
