-- One row per event.
-- Grants of prepaid credit as announced, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'prepaid_credit.granted'

),

currencies as (

    select * from {{ ref('currencies') }}

),

product_references as (

    select * from {{ ref('stg_reference__product_references') }}

),

typed as (

    select
        events.event_key,
        events.source,
        {{ json_text('events.data', 'grant_id') }} as grant_id,
        {{ json_text('events.data', 'contract_id') }} as contract_id,
        {{ json_text('events.data', 'contract_line_id') }} as contract_line_id,
        {{ product_columns(json_text('events.data', 'product_code'), 'events.source') }},
        {{ json_text('events.data', 'currency') }} as currency,
        {%- for amount in ['credit', 'price'] %}
            {{ to_minor(
                json_text('events.data', amount ~ '_amount'), 'currencies.minor_unit_exponent'
            ) }} as {{ amount }}_minor,
        {%- endfor %}
        cast({{ json_text('events.data', 'priority') }} as integer) as priority,
        cast({{ json_text('events.data', 'effective_date') }} as date) as effective_date,
        cast({{ json_text('events.data', 'expires_date') }} as date) as expires_date,
        {{ json_text('events.data', 'recurrence') }} = 'monthly' as is_recurring,
        cast({{ json_text('events.data', 'lasts_months') }} as integer) as lasts_months,
        {{ json_texts('events.data', 'pays_for') }} as pays_for,
        events.occurred_at,
        events.known_at,
        row_number() over (
            partition by {{ json_text('events.data', 'grant_id') }}
            order by events.occurred_at, events.event_key
        ) = 1 as is_first
    from events
    left join currencies
        on {{ json_text('events.data', 'currency') }} = currencies.currency
    {{ join_products(json_text('events.data', 'product_code'), 'events.source') }}

)

select * from typed
