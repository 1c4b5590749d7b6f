-- One row per opportunity, as the newest event of the source that owns it says it was won; without
-- an owner, or before it has said anything, the newest of any.
-- Whom a customer belongs to comes from here alone, and only from the source that owns it.
with

opportunities as (

    select opportunities.*
    from {{ ref('stg_events__opportunities') }} as opportunities
    left join {{ ref('stg_reference__systems_of_record') }} as owners
        on
            owners.object = 'opportunity'
            and owners.attribute = 'terms'
            and opportunities.source = owners.source
    qualify row_number() over (
        partition by opportunities.opportunity_id
        order by
            case when owners.source is not null then 0 else 1 end asc,
            opportunities.occurred_at desc,
            opportunities.event_key desc
    ) = 1

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

owners as (

    select * from {{ ref('stg_reference__systems_of_record') }}
    where object = 'customer' and attribute = 'hierarchy'

),

resolved as (

    select
        opportunities.opportunity_id,
        opportunities.source,
        opportunities.source_customer_id,
        customers.customer_id,
        case
            when coalesce(opportunities.source = owners.source, true)
                then parents.customer_id
        end as parent_customer_id,
        opportunities.currency,
        opportunities.amount_minor,
        opportunities.close_date,
        opportunities.sales_owner,
        opportunities.event_key,
        opportunities.correlation_id
    from opportunities
    left join owners on true
    left join customers
        on
            opportunities.source = customers.source
            and opportunities.source_customer_id = customers.source_customer_id
    left join customers as parents
        on
            opportunities.source = parents.source
            and opportunities.source_parent_customer_id = parents.source_customer_id

)

select * from resolved
