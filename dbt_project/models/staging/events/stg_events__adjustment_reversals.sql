-- One row per event.
-- Reversals of adjustments as people posted them, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'adjustment.reversed'

),

typed as (

    select
        event_key,
        source,
        {{ json_text('data', 'reversal_id') }} as reversal_id,
        {{ json_text('data', 'adjustment_id') }} as adjustment_id,
        cast({{ json_text('data', 'effective_date') }} as date) as effective_date,
        {{ json_text('data', 'reason') }} as reason,
        {{ json_text('data', 'prepared_by') }} as prepared_by,
        {{ json_text('data', 'approved_by') }} as approved_by,
        correlation_id,
        occurred_at,
        known_at
    from events

)

select * from typed
