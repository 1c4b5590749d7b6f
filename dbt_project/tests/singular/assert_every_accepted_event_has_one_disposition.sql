-- Every accepted event ends once: business events one by one, usage per subject, meter and day.
{{ config(meta={'dagster': {'ref': {'name': 'event_dispositions'}}}) }}
with

events as (

    select * from {{ source('raw', 'events') }}

),

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }}

),

corrected_usage as (

    select * from {{ source('raw', 'corrected_usage') }}

),

cancellations as (

    select * from {{ source('raw', 'usage_corrections') }} where is_cancellation

),

dispositions as (

    select * from {{ ref('event_dispositions') }}

),

accepted_parts as (

    select
        source,
        event_key as counted_key,
        1 as event_count
    from events
    union all
    select
        source,
        {{ sha256_key(['subject', 'meter_code', 'usage_day']) }} as counted_key,
        event_count
    from day_parts
    union all
    select
        source,
        {{ sha256_key(['subject', 'meter_code', 'usage_day']) }} as counted_key,
        1 as event_count
    from corrected_usage
    union all
    select
        source,
        {{ sha256_key(['event_id']) }} as counted_key,
        1 as event_count
    from cancellations

),

accepted as (

    select
        source,
        counted_key,
        sum(event_count) as event_count
    from accepted_parts
    group by source, counted_key
    having sum(event_count) > 0

),

disposed as (

    select
        source,
        case
            when event_key is not null then event_key
            when event_id is not null then {{ sha256_key(['event_id']) }}
            else {{ sha256_key(['subject', 'meter_code', 'usage_day']) }}
        end as counted_key,
        sum(event_count) as event_count
    from dispositions
    group by source, counted_key

)

select
    source,
    counted_key,
    accepted.event_count as accepted_count,
    disposed.event_count as disposed_count
from accepted
full join disposed using (source, counted_key)
where accepted.event_count is distinct from disposed.event_count
