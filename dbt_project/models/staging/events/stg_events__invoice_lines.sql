-- One row per invoice line.
-- Lines of the invoices that count, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'invoice.finalized'

),

invoices as (

    select * from {{ ref('stg_events__invoices') }} where is_first

),

currencies as (

    select * from {{ ref('currencies') }}

),

lines as (

    select
        events.event_key,
        invoices.invoice_id,
        invoices.currency,
        {{ json_elements('events.data', 'lines') }} as line
    from events
    inner join invoices on events.event_key = invoices.event_key

),

typed as (

    select
        lines.event_key,
        lines.invoice_id,
        {{ json_text('lines.line', 'invoice_line_id') }} as invoice_line_id,
        {{ json_text('lines.line', 'contract_id') }} as contract_id,
        {{ json_text('lines.line', 'contract_line_id') }} as contract_line_id,
        {{ json_text('lines.line', 'product_code') }} as product_code,
        {{ json_text('lines.line', 'line_kind') }} as line_kind,
        cast({{ json_text('lines.line', 'service_start') }} as date) as service_start_date,
        cast({{ json_text('lines.line', 'service_end') }} as date) as service_end_date,
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
