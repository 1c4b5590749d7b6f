-- One row per document proven absent from the ERP.
with

source as (

    select * from {{ source('ledger', 'voids') }}

),

renamed as (

    select
        batch_number,
        document_key,
        reason,
        proof
    from source

)

select * from renamed
