-- One row per exception code and legal entity.
-- Who works which exceptions, typed; the company folder was checked before it landed.
with

exception_owners as (

    select * from {{ source('raw', 'reference_exception_owners') }}

),

typed as (

    select
        exception_owners.code,
        exception_owners.legal_entity_code,
        exception_owners.owner,
        exception_owners.snapshot_hash,
        exception_owners.row_number
    from exception_owners

)

select * from typed
