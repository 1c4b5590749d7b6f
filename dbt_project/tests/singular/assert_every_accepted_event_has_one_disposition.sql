-- Dispositions count to the accepted events: none is lost, none ends twice.
with

events as (

    select * from {{ source('raw', 'events') }}

),

usage_events as (

    select * from {{ source('raw', 'usage') }}

),

dispositions as (

    select * from {{ ref('event_dispositions') }}

),

accepted as (

    select
        source,
        'business' as kind,
        count(*) as event_count
    from events
    group by source
    union all
    select
        source,
        'usage' as kind,
        count(*) as event_count
    from usage_events
    group by source

),

disposed as (

    select
        source,
        case when event_key is null then 'usage' else 'business' end as kind,
        sum(event_count) as event_count
    from dispositions
    group by source, kind

)

select
    source,
    kind,
    accepted.event_count as accepted_count,
    disposed.event_count as disposed_count
from accepted
full join disposed using (source, kind)
where accepted.event_count is distinct from disposed.event_count
