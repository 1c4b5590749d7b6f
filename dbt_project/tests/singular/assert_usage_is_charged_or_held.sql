-- Every accepted usage event that no correction takes away is in exactly one of daily usage and
-- held usage: as many as the manifest counts, so nothing is lost or added twice on the way.
{{ config(meta={'dagster': {'ref': {'name': 'daily_usage'}}}) }}
with

manifest as (

    select * from {{ source('raw', 'manifest') }}

),

events as (

    select * from {{ source('raw', 'events') }}

),

cancellations as (

    select * from {{ source('raw', 'usage_corrections') }} where is_cancellation

),

corrected_usage as (

    select * from {{ source('raw', 'corrected_usage') }}

),

parameters as (

    select * from {{ source('run', 'parameters') }}

),

accepted as (

    select
        coalesce(sum(manifest.accepted_count), 0)
        - (select count(*) from events)
        - (select count(*) from cancellations)
        - (select count(*) from corrected_usage) as event_count
    from manifest
    inner join parameters on manifest.manifest_number <= parameters.events_head
    where manifest.entry_kind in ('landing', 'replay')

),

used as (

    select coalesce(sum(event_count), 0) as event_count from {{ ref('daily_usage') }}

),

held as (

    select coalesce(sum(event_count), 0) as event_count from {{ ref('held_usage') }}

),

compared as (

    select
        accepted.event_count as accepted_count,
        used.event_count as used_count,
        held.event_count as held_count
    from accepted
    cross join used
    cross join held
    where accepted.event_count <> used.event_count + held.event_count

)

select * from compared
