-- Every accepted usage event is in exactly one of daily usage and held usage.
{{ config(meta={'dagster': {'ref': {'name': 'daily_usage'}}}) }}
with

accepted as (

    select count(*) as event_count from {{ source('raw', 'usage') }}

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
