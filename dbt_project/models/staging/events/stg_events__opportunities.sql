-- One row per event; the newest event of an opportunity counts.
-- Deals won, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'opportunity.won'

),

currencies as (

    select * from {{ ref('currencies') }}

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'opportunity_id') }} as opportunity_id,
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'parent_customer_id') }} as source_parent_customer_id,
        {{ json_text('events.data', 'currency') }} as currency,
        {{ json_text('events.data', 'amount') }} as amount_text,
        cast({{ json_text('events.data', 'close_date') }} as date) as close_date,
        {{ json_text('events.data', 'owner') }} as sales_owner,
        events.correlation_id,
        events.occurred_at,
        events.known_at
    from events

),

priced as (

    select
        typed.*,
        {{ to_minor('typed.amount_text', 'currencies.minor_unit_exponent') }} as amount_minor,
        row_number() over (
            partition by typed.opportunity_id
            order by typed.occurred_at desc, typed.event_key desc
        ) = 1 as is_newest
    from typed
    left join currencies on typed.currency = currencies.currency

)

select * from priced
