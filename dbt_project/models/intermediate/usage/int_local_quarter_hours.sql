-- One row per time zone and quarter of an hour of the UTC days that have usage.
with

usage_days as (

    select distinct usage_day from {{ ref('int_usage_by_day_part') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

local_quarter_hours as (

    {{ local_quarter_hours('usage_days', 'legal_entities') }}

)

select
    time_zone,
    quarter_hour,
    usage_date
from local_quarter_hours
