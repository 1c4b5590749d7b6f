-- One row per accepted business event: what it says it is, and the file and line where it landed.
-- Usage events are not listed: usage_event_charges answers for single ones.
with

events as (

    select * from {{ source('raw', 'events') }}

),

final as (

    select
        event_key,
        source,
        event_id,
        event_type,
        schema_version,
        subject,
        occurred_at,
        known_at,
        correlation_id,
        landed_path,
        landed_line
    from events

)

select * from final
