-- One row per customer and meter: the usage events that ingestion accepted. A subject that no
-- customer answers for stands for itself.
with

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

by_subject as (

    select
        source,
        subject,
        meter_code,
        cast(sum(event_count) as bigint) as accepted_count,
        sum(quantity) as accepted_quantity
    from day_parts
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
