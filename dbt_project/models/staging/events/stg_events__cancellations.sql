-- One row per event.
-- Cancellations of contracts as announced, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'subscription.cancelled'

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'contract_id') }} as contract_id,
        cast({{ json_text('events.data', 'effective_date') }} as date) as effective_date,
        {{ json_text('events.data', 'policy') }} as cancellation_policy,
        cast({{ json_text('events.data', 'access_until') }} as date) as access_until_date,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

)

select * from typed
