-- One row per event; the first event of an adjustment counts.
-- Adjustments and opening balances as people posted them, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'adjustment.posted'

),

typed as (

    select
        event_key,
        source,
        {{ json_text('data', 'adjustment_id') }} as adjustment_id,
        {{ json_text('data', 'kind') }} as kind,
        {{ json_text('data', 'legal_entity_code') }} as legal_entity_code,
        {{ json_text('data', 'currency') }} as currency,
        cast({{ json_text('data', 'effective_date') }} as date) as effective_date,
        cast({{ json_text('data', 'reverses_on') }} as date) as reverses_on,
        {{ json_text('data', 'reason') }} as reason,
        {{ json_text('data', 'support') }} as support,
        {{ json_text('data', 'prepared_by') }} as prepared_by,
        {{ json_text('data', 'approved_by') }} as approved_by,
        correlation_id,
        occurred_at,
        known_at
    from events

),

ranked as (

    select
        *,
        row_number() over (
            partition by adjustment_id
            order by known_at, occurred_at, event_key
        ) = 1 as is_first
    from typed

)

select * from ranked
