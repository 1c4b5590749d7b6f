-- One row per quote, as the newest event says it was accepted.
with

quotes as (

    select * from {{ ref('stg_events__quotes') }} where is_newest

),

opportunities as (

    select * from {{ ref('opportunities') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

resolved as (

    select
        quotes.quote_id,
        quotes.source,
        quotes.opportunity_id,
        opportunities.opportunity_id is not null as is_opportunity_known,
        customers.customer_id,
        quotes.contract_id,
        quotes.currency,
        quotes.total_minor,
        quotes.occurred_at as accepted_at,
        quotes.event_key,
        quotes.correlation_id
    from quotes
    left join opportunities on quotes.opportunity_id = opportunities.opportunity_id
    left join customers
        on
            quotes.source = customers.source
            and quotes.source_customer_id = customers.source_customer_id

)

select * from resolved
