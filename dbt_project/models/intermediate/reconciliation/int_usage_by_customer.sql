-- One row per customer and meter: the usage events that ingestion accepted. A subject that no
-- customer answers for stands for itself.
with

usage_events as (

    select * from {{ source('raw', 'usage') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

by_subject as (

    select
        source,
        subject,
        meter_code,
        count(*) as accepted_count,
        sum(quantity) as accepted_quantity
    from usage_events
    group by source, subject, meter_code

),

by_customer as (

    select
        coalesce(customers.customer_id, by_subject.source || ':' || by_subject.subject)
            as customer_key,
        by_subject.meter_code,
        cast(sum(by_subject.accepted_count) as bigint) as accepted_count,
        sum(by_subject.accepted_quantity) as accepted_quantity
    from by_subject
    left join customers
        on
            by_subject.source = customers.source
            and by_subject.subject = customers.source_customer_id
    group by customer_key, by_subject.meter_code

)

select * from by_customer
