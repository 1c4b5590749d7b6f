-- One row per event; the newest event of an opportunity counts.
-- Deals won, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'opportunity.won'

),

currencies as (

    select * from {{ ref('currencies') }}

),

opportunities as (

    {{ staged_statements(
        'opportunity_id',
        fields={'source_parent_customer_id': 'parent_customer_id', 'sales_owner': 'owner'},
        dates={'close_date': 'close_date'},
        amounts={'amount_minor': 'amount'},
    ) }}

)

select * from opportunities
