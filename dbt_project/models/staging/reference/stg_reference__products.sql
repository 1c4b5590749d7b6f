-- One row per product and first day.
-- What is sold, typed; the company folder was checked before it landed.
with

products as (

    select * from {{ source('raw', 'reference_products') }}

),

typed as (

    select
        products.product_code,
        products.product_name,
        products.obligation_kind,
        products.recognition_method,
        cast(nullif(products.valid_from, '') as date) as valid_from,
        products.snapshot_hash,
        products.row_number
    from products

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.product_code
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
