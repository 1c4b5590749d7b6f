-- One row per customer and source that states its status; the company folder is `reference`.
-- A source's newest event stands for it.
with

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

customers as (

    select * from {{ ref('stg_reference__customers') }}

),

customer_references as (

    select * from {{ ref('stg_reference__customer_references') }}

),

customer_events as (

    select * from {{ ref('stg_events__customers') }} where status is not null

),

reference_claims as (

    select
        customers.customer_id,
        'reference' as source,
        customers.status
    from customers
    cross join parameters
    where
        customers.valid_from <= cast(parameters.as_of as date)
        and cast(parameters.as_of as date) < customers.valid_to

),

event_claims as (

    select
        customer_references.customer_id,
        customer_events.source,
        customer_events.status
    from customer_events
    inner join customer_references
        on
            customer_events.source = customer_references.source
            and customer_events.source_customer_id = customer_references.source_customer_id
    qualify
        row_number() over (
            partition by customer_references.customer_id, customer_events.source
            order by customer_events.occurred_at desc, customer_events.event_key desc
        ) = 1

),

claims as (

    select * from reference_claims
    union all
    select * from event_claims

)

select * from claims
