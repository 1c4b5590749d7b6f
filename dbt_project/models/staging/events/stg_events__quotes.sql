-- One row per event; the newest event of a quote counts.
-- Quotes accepted, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'quote.accepted'

),

currencies as (

    select * from {{ ref('currencies') }}

),

quotes as (

    {{ staged_statements(
        'quote_id',
        fields={'opportunity_id': 'opportunity_id', 'contract_id': 'contract_id'},
        amounts={'total_minor': 'total_amount'},
    ) }}

)

select * from quotes
