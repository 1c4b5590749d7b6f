-- One row per customer and first day.
-- Master data of customers, typed; the company folder was checked before it landed.
with

customers as (

    select * from {{ source('raw', 'reference_customers') }}

),

typed as (

    select
        customers.customer_id,
        customers.status,
        customers.country,
        cast(nullif(customers.valid_from, '') as date) as valid_from,
        customers.snapshot_hash,
        customers.row_number
    from customers

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.customer_id
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
