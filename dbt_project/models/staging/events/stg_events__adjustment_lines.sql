-- One row per adjustment line.
-- Lines of the adjustments that count, typed; functional amounts stay text, in a currency that the
-- legal entity has.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'adjustment.posted'

),

adjustments as (

    select * from {{ ref('stg_events__adjustments') }} where is_first

),

currencies as (

    select * from {{ ref('currencies') }}

),

lines as (

    select
        events.event_key,
        adjustments.adjustment_id,
        adjustments.currency,
        {{ json_elements('events.data', 'lines') }} as line
    from events
    inner join adjustments on events.event_key = adjustments.event_key

),

typed as (

    select
        lines.event_key,
        lines.adjustment_id,
        {{ json_text('lines.line', 'adjustment_line_id') }} as adjustment_line_id,
        {{ json_text('lines.line', 'account_role') }} as account_role,
        {{ json_text('lines.line', 'product_code') }} as product_code,
        {{ json_text('lines.line', 'contract_id') }} as contract_id,
        {{ json_text('lines.line', 'contract_line_id') }} as contract_line_id,
        {{ json_text('lines.line', 'side') }} as side,
        {{ to_minor(
            json_text('lines.line', 'amount'), 'currencies.minor_unit_exponent'
        ) }} as amount_minor,
        {{ json_text('lines.line', 'functional_amount') }} as functional_amount_text
    from lines
    left join currencies on lines.currency = currencies.currency

)

select * from typed
