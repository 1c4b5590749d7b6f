-- One row per event.
-- Changes of contracts as announced, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'subscription.amended'

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'contract_id') }} as contract_id,
        {{ json_text('events.data', 'amendment_id') }} as amendment_id,
        {{ json_text('events.data', 'amendment_type') }} as amendment_type,
        {{ json_text('events.data', 'timing') }} as timing,
        cast({{ json_text('events.data', 'effective_date') }} as date) as effective_date,
        cast({{ json_text('events.data', 'term_end') }} as date) as term_end_date,
        {{ json_text('events.data', 'quote_id') }} as quote_id,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

)

select * from typed
