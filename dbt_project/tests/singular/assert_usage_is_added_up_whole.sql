-- Days to which an ingest added that no batch has sealed: what was added up is what their raw files
-- hold less what was corrected, in events and in quantity. The days before were compared when they
-- were sealed.
{{ config(meta={'dagster': {'ref': {'name': 'int_usage_by_day_part'}}}) }}
with

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }}

),

batches as (

    select * from {{ source('ledger', 'batches') }}

),

touched as (

    select distinct day_parts.usage_day
    from day_parts
    where
        day_parts.last_manifest_number
        > (select coalesce(max(batches.raw_head), 0) from batches)

),

raw_usage as (

    select usage.* from {{ source('raw', 'usage') }} as usage
    where usage.usage_day in (select touched.usage_day from touched)

),

raw_days as (

    select
        usage_day,
        count(*) as event_count,
        sum(quantity) as quantity
    from raw_usage
    group by usage_day

),

corrected_days as (

    select
        usage_day,
        count(*) as event_count,
        sum(quantity) as quantity
    from {{ source('raw', 'corrected_usage') }}
    group by usage_day

),

expected_days as (

    select
        raw_days.usage_day,
        raw_days.event_count - coalesce(corrected_days.event_count, 0) as event_count,
        raw_days.quantity - coalesce(corrected_days.quantity, 0) as quantity
    from raw_days
    left join corrected_days on raw_days.usage_day = corrected_days.usage_day

),

added_days as (

    select
        day_parts.usage_day,
        sum(day_parts.event_count) as event_count,
        sum(day_parts.quantity) as quantity
    from day_parts
    inner join touched on day_parts.usage_day = touched.usage_day
    group by day_parts.usage_day

)

select
    usage_day,
    expected_days.event_count as expected_count,
    added_days.event_count as added_count,
    expected_days.quantity as expected_quantity,
    added_days.quantity as added_quantity
from expected_days
full join added_days using (usage_day)
where
    expected_days.event_count is distinct from added_days.event_count
    or expected_days.quantity is distinct from added_days.quantity
