-- One row per event that places a hold.
-- Holds that people placed, with their release, whichever of the two arrived first.
with

events as (

    select * from {{ source('raw', 'events') }}
    where event_type in ('hold.placed', 'hold.released') and source = 'operator'

),

placed as (

    select
        event_key,
        {{ json_text('data', 'hold_id') }} as hold_id,
        {{ json_text('data', 'subject_type') }} as subject_type,
        {{ json_text('data', 'subject_key') }} as subject_key,
        {{ json_text('data', 'reason') }} as reason,
        {{ json_text('data', 'placed_by') }} as placed_by,
        correlation_id,
        occurred_at,
        known_at
    from events
    where event_type = 'hold.placed'

),

released as (

    select
        event_key as release_event_key,
        {{ json_text('data', 'hold_id') }} as released_hold_id,
        {{ json_text('data', 'released_by') }} as released_by,
        {{ json_text('data', 'reason') }} as release_reason
    from events
    where event_type = 'hold.released'
    qualify row_number() over (
        partition by {{ json_text('data', 'hold_id') }}
        order by occurred_at, event_key
    ) = 1

),

holds as (

    select
        placed.*,
        released.release_event_key,
        released.released_by,
        released.release_reason,
        released.released_hold_id is not null as is_released
    from placed
    left join released on placed.hold_id = released.released_hold_id

)

select * from holds
