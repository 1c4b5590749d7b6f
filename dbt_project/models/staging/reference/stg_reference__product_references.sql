-- One row per source and its product code.
-- What sources call our products, typed; the company folder was checked before it landed.
with

product_references as (

    select * from {{ source('raw', 'reference_product_references') }}

),

typed as (

    select
        product_references.source,
        product_references.source_product_code,
        product_references.product_code,
        product_references.snapshot_hash,
        product_references.row_number
    from product_references

)

select * from typed
