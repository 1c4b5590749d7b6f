-- One row per time zone and quarter of an hour of the UTC days that have usage.
-- Converting every event by itself costs more than all other work on it; no zone in use today
-- has midnight inside a quarter of an hour, so the quarters are converted instead.
with

raw_usage as (

    select * from {{ source('raw', 'usage') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

usage_days as (

    select distinct raw_usage.usage_day from raw_usage

),

time_zones as (

    select distinct legal_entities.time_zone from legal_entities

),

quarters as (

    select {{ quarter_hours_of_day('usage_days.usage_day') }} as quarter_hour
    from usage_days

),

converted as (

    select
        time_zones.time_zone,
        quarters.quarter_hour,
        {{ local_date(instant_of_quarter_hour('quarters.quarter_hour'), 'time_zones.time_zone') }}
            as usage_date
    from quarters
    cross join time_zones

)

select * from converted
