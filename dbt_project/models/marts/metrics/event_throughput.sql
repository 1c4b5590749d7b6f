-- One row per source, event type and UTC day the events speak of: how many, and how many a minute.
with

events as (

    select * from {{ source('raw', 'events') }}

),

usage_dispositions as (

    select * from {{ ref('int_usage_dispositions') }}

),

counted as (

    select
        source,
        event_type,
        cast(occurred_at as date) as event_day,
        count(*) as event_count
    from events
    group by 1, 2, 3
    union all
    select
        source,
        'usage.recorded' as event_type,
        usage_day as event_day,
        sum(event_count) as event_count
    from usage_dispositions
    group by 1, 2, 3

),

final as (

    select
        concat_ws('|', source, event_type, event_day) as throughput_key,
        source,
        event_type,
        event_day,
        cast(event_count as bigint) as event_count,
        {{ from_millionths(div_half_up('cast(event_count as bigint) * 1000000', '1440')) }}
            as events_per_minute
    from counted

)

select * from final
