-- One row per event; the first event of an invoice counts.
-- Invoices as finalized, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'invoice.finalized'

),

currencies as (

    select * from {{ ref('currencies') }}

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'invoice_id') }} as invoice_id,
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'legal_entity_code') }} as legal_entity_code,
        {{ json_text('events.data', 'currency') }} as currency,
        cast({{ json_text('events.data', 'invoice_date') }} as date) as invoice_date,
        cast({{ json_text('events.data', 'due_date') }} as date) as due_date,
        {{ json_text('events.data', 'total_amount') }} as total_amount_text,
        {{ json_text('events.data', 'tax_amount') }} as tax_amount_text,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

),

priced as (

    select
        typed.event_key,
        typed.source,
        typed.invoice_id,
        typed.source_customer_id,
        typed.legal_entity_code,
        typed.currency,
        typed.invoice_date,
        typed.due_date,
        {{ to_minor('typed.total_amount_text', 'currencies.minor_unit_exponent') }} as total_minor,
        {{ to_minor('typed.tax_amount_text', 'currencies.minor_unit_exponent') }}
            as tax_total_minor,
        typed.correlation_id,
        typed.occurred_at,
        typed.known_at,
        row_number() over (
            partition by typed.invoice_id
            order by typed.known_at, typed.occurred_at, typed.event_key
        ) = 1 as is_first
    from typed
    left join currencies on typed.currency = currencies.currency

)

select * from priced
