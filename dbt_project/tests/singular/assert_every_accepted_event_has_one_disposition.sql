-- Every accepted event ends once: business events one by one, usage per subject, meter and day.
{{ config(meta={'dagster': {'ref': {'name': 'event_dispositions'}}}) }}
with

events as (

    select * from {{ source('raw', 'events') }}

),

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }}

),

dispositions as (

    select * from {{ ref('event_dispositions') }}

),

accepted as (

    select
        source,
        event_key as counted_key,
        count(*) as event_count
    from events
    group by source, event_key
    union all
    select
        source,
        {{ sha256_key(['subject', 'meter_code', 'usage_day']) }} as counted_key,
        sum(event_count) as event_count
    from day_parts
    group by source, subject, meter_code, usage_day

),

disposed as (

    select
        source,
        coalesce(event_key, {{ sha256_key(['subject', 'meter_code', 'usage_day']) }})
            as counted_key,
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
