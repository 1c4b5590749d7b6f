-- One row per source and its customer id.
-- What sources call our customers, typed; the company folder was checked before it landed.
with

customer_references as (

    select * from {{ source('raw', 'reference_customer_references') }}

),

typed as (

    select
        customer_references.source,
        customer_references.source_customer_id,
        customer_references.customer_id,
        customer_references.snapshot_hash,
        customer_references.row_number
    from customer_references

)

select * from typed
