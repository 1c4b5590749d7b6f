-- One row per event.
-- Pauses of contracts and their ends as announced, typed.
with

events as (

    select * from {{ source('raw', 'events') }}
    where event_type in ('subscription.paused', 'subscription.resumed')

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'contract_id') }} as contract_id,
        {{ json_text('events.data', 'pause_id') }} as pause_id,
        case events.event_type when 'subscription.paused' then 'pause' else 'resume' end
            as pause_step,
        cast({{ json_text('events.data', 'effective_date') }} as date) as effective_date,
        {{ json_text('events.data', 'mode') }} as pause_mode,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

)

select * from typed
