-- One row per quote, as the newest event of the source that owns it says it was accepted; without
-- an owner, or before it has said anything, the newest of any.
with

quotes as (

    select quotes.*
    from {{ ref('stg_events__quotes') }} as quotes
    left join {{ ref('stg_reference__systems_of_record') }} as owners
        on
            owners.object = 'quote'
            and owners.attribute = 'terms'
            and quotes.source = owners.source
    qualify row_number() over (
        partition by quotes.quote_id
        order by
            case when owners.source is not null then 0 else 1 end asc,
            quotes.occurred_at desc,
            quotes.event_key desc
    ) = 1

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
