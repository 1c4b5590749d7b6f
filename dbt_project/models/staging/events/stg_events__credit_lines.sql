-- One row per credit memo line.
-- Lines of the credit memos that count, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'credit.issued'

),

credits as (

    select * from {{ ref('stg_events__credits') }} where is_first

),

currencies as (

    select * from {{ ref('currencies') }}

),

lines as (

    select
        events.event_key,
        credits.credit_id,
        credits.invoice_id,
        credits.currency,
        {{ json_elements('events.data', 'lines') }} as line
    from events
    inner join credits on events.event_key = credits.event_key

),

typed as (

    select
        lines.event_key,
        lines.credit_id,
        lines.invoice_id,
        {{ json_text('lines.line', 'credit_line_id') }} as credit_line_id,
        {{ json_text('lines.line', 'invoice_line_id') }} as invoice_line_id,
        {{ json_text('lines.line', 'basis') }} as basis,
        {{ to_minor(
            json_text('lines.line', 'net_amount'), 'currencies.minor_unit_exponent'
        ) }} as net_minor,
        {{ to_minor(
            json_text('lines.line', 'tax_amount'), 'currencies.minor_unit_exponent'
        ) }} as tax_minor,
        {{ json_text('lines.line', 'tax_code') }} as tax_code
    from lines
    left join currencies on lines.currency = currencies.currency

)

select * from typed
