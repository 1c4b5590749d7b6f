-- One row per event.
-- Renewals of contracts as announced, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'renewal.accepted'

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'renewal_id') }} as renewal_id,
        {{ json_text('events.data', 'contract_id') }} as previous_contract_id,
        {{ json_text('events.data', 'new_contract_id') }} as contract_id,
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'legal_entity_code') }} as legal_entity_code,
        {{ json_text('events.data', 'currency') }} as currency,
        cast({{ json_text('events.data', 'term_start') }} as date) as term_start_date,
        cast({{ json_text('events.data', 'term_end') }} as date) as term_end_date,
        {{ json_text('events.data', 'billing_frequency') }} as billing_frequency,
        {{ json_text('events.data', 'billing_timing') }} as billing_timing,
        {{ json_text('events.data', 'auto_renew') }} = 'true' as is_auto_renewed,
        {{ json_text('events.data', 'price_change_reason') }} as price_change_reason,
        {{ json_text('events.data', 'treatment') }} as stated_treatment,
        {{ json_text('events.data', 'quote_id') }} as quote_id,
        events.correlation_id,
        events.occurred_at,
        events.known_at,
        row_number() over (
            partition by {{ json_text('events.data', 'renewal_id') }}
            order by events.occurred_at desc, events.event_key desc
        ) = 1 as is_newest
    from events

)

select * from typed
