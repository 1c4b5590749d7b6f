-- One row per event; the newest event of a document counts.
-- What the tax engine computed for invoices and, as less tax, for credit memos, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'tax.calculated'

),

currencies as (

    select * from {{ ref('currencies') }}

),

lines as (

    select
        event_key,
        {{ json_text('data', 'currency') }} as currency,
        {{ json_elements('data', 'lines') }} as line
    from events

),

summed as (

    select
        lines.event_key,
        {{ sum_or_unknown(to_minor(
            json_text('lines.line', 'tax_amount'), 'currencies.minor_unit_exponent'
        )) }} as tax_minor
    from lines
    left join currencies on lines.currency = currencies.currency
    group by lines.event_key

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'calculation_id') }} as calculation_id,
        {{ json_text('events.data', 'invoice_id') }} as invoice_id,
        {{ json_text('events.data', 'currency') }} as currency,
        {{ json_text('events.data', 'credit_id') }} as credit_id,
        coalesce(
            'credit:' || {{ json_text('events.data', 'credit_id') }},
            'invoice:' || {{ json_text('events.data', 'invoice_id') }}
        ) as document_ref,
        case when {{ json_text('events.data', 'credit_id') }} is null then 1 else -1 end
        * summed.tax_minor as tax_minor,
        events.correlation_id,
        events.occurred_at,
        events.known_at,
        row_number() over (
            partition by
                coalesce(
                    'credit:' || {{ json_text('events.data', 'credit_id') }},
                    'invoice:' || {{ json_text('events.data', 'invoice_id') }}
                )
            order by events.occurred_at desc, events.event_key desc
        ) = 1 as is_newest
    from events
    inner join summed on events.event_key = summed.event_key

)

select * from typed
