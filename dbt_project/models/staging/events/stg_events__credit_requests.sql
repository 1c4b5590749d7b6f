-- One row per event; the newest event of a request counts.
-- What support asks billing to give back, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'support.credit_requested'

),

currencies as (

    select * from {{ ref('currencies') }}

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'request_id') }} as request_id,
        {{ json_text('events.data', 'ticket_id') }} as ticket_id,
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'contract_id') }} as contract_id,
        {{ json_text('events.data', 'invoice_id') }} as invoice_id,
        {{ json_text('events.data', 'currency') }} as currency,
        {{ json_text('events.data', 'amount') }} as amount_text,
        {{ json_text('events.data', 'reason') }} as reason,
        {{ json_text('events.data', 'approved_by') }} as approved_by,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

),

priced as (

    select
        typed.*,
        {{ to_minor('typed.amount_text', 'currencies.minor_unit_exponent') }} as amount_minor,
        currencies.minor_unit_exponent,
        row_number() over (
            partition by typed.request_id
            order by typed.occurred_at desc, typed.event_key desc
        ) = 1 as is_newest
    from typed
    left join currencies on typed.currency = currencies.currency

)

select * from priced
