-- One row per line of a sealed document.
with

source as (

    select * from {{ source('ledger', 'journal_lines') }}

),

renamed as (

    select
        document_key,
        line_number,
        account_code,
        dimension_product,
        side,
        amount_minor,
        functional_amount_minor,
        batch_number
    from source

)

select * from renamed
