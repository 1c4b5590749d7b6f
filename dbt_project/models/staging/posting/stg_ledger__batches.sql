-- One row per sealed batch.
with

source as (

    select * from {{ source('ledger', 'batches') }}

),

renamed as (

    select
        batch_number,
        as_of,
        raw_head,
        raw_head_hash,
        ledger_head,
        previous_hash,
        code_version,
        reference_version,
        policy_version,
        run_id,
        delta_count,
        document_count
    from source

)

select * from renamed
