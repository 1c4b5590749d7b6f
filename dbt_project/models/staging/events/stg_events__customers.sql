-- One row per event.
-- What sources said about customers, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'customer.updated'

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'status') }} as status,
        {{ json_text('events.data', 'legal_entity_code') }} as legal_entity_code,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

)

select * from typed
