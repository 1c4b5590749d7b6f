-- One row per event; the newest event of a quote counts.
-- Quotes accepted, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'quote.accepted'

),

currencies as (

    select * from {{ ref('currencies') }}

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'quote_id') }} as quote_id,
        {{ json_text('events.data', 'opportunity_id') }} as opportunity_id,
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'contract_id') }} as contract_id,
        {{ json_text('events.data', 'currency') }} as currency,
        {{ json_text('events.data', 'total_amount') }} as total_amount_text,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

),

priced as (

    select
        typed.*,
        {{ to_minor('typed.total_amount_text', 'currencies.minor_unit_exponent') }}
            as total_minor,
        row_number() over (
            partition by typed.quote_id
            order by typed.occurred_at desc, typed.event_key desc
        ) = 1 as is_newest
    from typed
    left join currencies on typed.currency = currencies.currency

)

select * from priced
