-- One row per source, its customer id, meter and UTC day of usage that no contract line takes.
-- It is released by itself once the customer, the contract, the unambiguous line or the meter is
-- there.
with

matched as (

    select * from {{ ref('int_usage_matched') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

coded as (

    select
        matched.source,
        matched.subject,
        matched.meter_code,
        matched.usage_day,
        case
            when not matched.is_measurable then 'USAGE_NOT_MEASURABLE'
            when customers.customer_id is null then 'CUSTOMER_UNKNOWN'
            when matched.is_ambiguous then 'CONTRACT_AMBIGUOUS'
            when matched.is_suspended then 'USAGE_DURING_PAUSE'
            else 'CONTRACT_MISSING'
        end as hold_code,
        customers.customer_id,
        matched.quantity,
        matched.event_count
    from matched
    left join customers
        on
            matched.source = customers.source
            and matched.subject = customers.source_customer_id
    where matched.is_ambiguous is distinct from false or matched.is_suspended

),

held_usage as (

    select
        coded.source,
        coded.subject,
        coded.meter_code,
        coded.usage_day,
        coded.hold_code,
        coded.customer_id,
        cast(sum(coded.quantity) as decimal(28, 6)) as quantity,
        cast(sum(coded.event_count) as bigint) as event_count
    from coded
    group by
        coded.source,
        coded.subject,
        coded.meter_code,
        coded.usage_day,
        coded.hold_code,
        coded.customer_id

)

select * from held_usage
