-- One row per source and its customer id.
-- What a source calls a customer, whom it means, and whether that customer may be booked.
with

customer_references as (

    select * from {{ ref('stg_reference__customer_references') }}

),

statuses as (

    select * from {{ ref('int_customer_statuses') }}

),

resolved as (

    select
        customer_references.source,
        customer_references.source_customer_id,
        customer_references.customer_id,
        statuses.status,
        coalesce(statuses.status = 'active', false) as is_active
    from customer_references
    left join statuses on customer_references.customer_id = statuses.customer_id

)

select * from resolved
