-- One row per source, subject, meter and hold code: usage that nobody answers for yet.
with

held_usage as (

    select * from {{ ref('held_usage') }}

),

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }} where event_count > 0

),

held_since as (

    select
        day_parts.source,
        day_parts.subject,
        day_parts.meter_code,
        min(day_parts.first_known_at) as opened_at
    from day_parts
    inner join held_usage
        on
            day_parts.source = held_usage.source
            and day_parts.subject = held_usage.subject
            and day_parts.meter_code = held_usage.meter_code
            and day_parts.usage_day = held_usage.usage_day
    group by day_parts.source, day_parts.subject, day_parts.meter_code

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

final as (

    select
        'held_usage' as origin,
        held.code,
        'usage' as subject_type,
        concat_ws('|', held.source, held.subject, held.meter_code) as subject_key,
        {{ count_text('held.event_count') }} || ' usage events of ' || held.source || ':'
        || held.subject || ' on ' || held.meter_code || ', quantity '
        || {{ quantity_text('held.quantity') }}
        || ', from ' || held.first_day || ' to ' || held.last_day || ', are held: '
        || case held.code
            when 'CUSTOMER_UNKNOWN' then 'no customer is known by this id.'
            when 'CONTRACT_AMBIGUOUS' then 'more than one contract line takes this meter then.'
            when 'USAGE_NOT_MEASURABLE'
                then 'no meter of that code takes them, or they lack the property it counts.'
            when 'USAGE_DURING_PAUSE' then 'service of the contract is suspended then.'
            else 'no contract of the customer has a line for this meter then.'
        end as sentence,
        held_since.opened_at
    from held
    left join held_since
        on
            held.source = held_since.source
            and held.subject = held_since.subject
            and held.meter_code = held_since.meter_code

)

select * from final
