-- One row per event that accepts an exception.
with

events as (

    select * from {{ source('raw', 'events') }}
    where event_type = 'exception.accepted' and source = 'operator'

),

acceptances as (

    select
        event_key,
        {{ json_text('data', 'exception_key') }} as exception_key,
        {{ json_text('data', 'reason') }} as reason,
        {{ json_text('data', 'accepted_by') }} as accepted_by,
        correlation_id,
        occurred_at,
        known_at
    from events

)

select * from acceptances
