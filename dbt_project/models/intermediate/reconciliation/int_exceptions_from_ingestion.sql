-- One row per exception about what came in: rows not accepted, usage nobody answers for yet, and
-- attributes two systems claim.
with

quarantine as (

    select * from {{ source('raw', 'quarantine') }}

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

usage_events as (

    select * from {{ source('raw', 'usage') }}

),

ownership_conflicts as (

    select * from {{ ref('ownership_conflicts') }}

),

refused as (

    select
        reason_code as code,
        source,
        coalesce(source || ':' || event_id, landed_path) as subject_key,
        case when event_id is null then 'landed_file' else 'event' end as subject_type,
        {{ value_at_smallest(
            'sentence', "concat_ws(' ', landed_path, lpad(cast(landed_line as varchar), 12, '0'))"
        ) }}
            as sentence,
        count(*) as row_count,
        min(landed_path) as landed_path,
        min(landed_line) as landed_line,
        min(known_at) as opened_at
    from quarantine
    group by 1, 2, 3, 4

),

held_since as (

    select
        usage_events.source,
        usage_events.subject,
        usage_events.meter_code,
        min(usage_events.known_at) as opened_at
    from usage_events
    inner join held_usage
        on
            usage_events.source = held_usage.source
            and usage_events.subject = held_usage.subject
            and usage_events.meter_code = held_usage.meter_code
            and usage_events.usage_day = held_usage.usage_day
    group by usage_events.source, usage_events.subject, usage_events.meter_code

),

held as (

    select
        hold_code as code,
        source,
        subject,
        meter_code,
        sum(event_count) as event_count,
        sum(quantity) as quantity,
        min(usage_day) as first_day,
        max(usage_day) as last_day
    from held_usage
    group by hold_code, source, subject, meter_code

),

unioned as (

    select
        'quarantine' as origin,
        code,
        subject_type,
        subject_key,
        sentence
        || ' (' || landed_path || coalesce(', line ' || landed_line, '')
        || case when row_count > 1 then '; ' || row_count || ' rows in all' else '' end
        || ')' as sentence,
        opened_at
    from refused

    union all

    select
        'held_usage' as origin,
        held.code,
        'usage' as subject_type,
        concat_ws('|', held.source, held.subject, held.meter_code) as subject_key,
        {{ count_text('held.event_count') }} || ' usage events of ' || held.source || ':'
        || held.subject || ' on ' || held.meter_code || ', quantity ' || held.quantity
        || ', from ' || held.first_day || ' to ' || held.last_day || ', are held: '
        || case held.code
            when 'CUSTOMER_UNKNOWN' then 'no customer is known by this id.'
            when 'CONTRACT_AMBIGUOUS' then 'more than one contract line takes this meter then.'
            else 'no contract of the customer has a line for this meter then.'
        end as sentence,
        held_since.opened_at
    from held
    left join held_since
        on
            held.source = held_since.source
            and held.subject = held_since.subject
            and held.meter_code = held_since.meter_code

    union all

    select
        'ownership' as origin,
        'OWNERSHIP_CONFLICT' as code,
        object as subject_type,
        key || ':' || attribute as subject_key,
        'The ' || attribute || ' of ' || object || ' ' || key || ' is '
        || coalesce(winning_value, 'not set') || ' in ' || winning_source || ', which owns it, and '
        || coalesce(other_value, 'not set') || ' in ' || other_source || '.' as sentence,
        cast(null as timestamp) as opened_at
    from ownership_conflicts

)

select * from unioned
