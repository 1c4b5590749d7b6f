{#- Object, what is owned, attribute, the CTE that states it, the key there and the value. -#}
{%- set claims = [
    ('opportunity', 'terms', 'customer_id', 'opportunities', 'opportunity_id', 'customer_id'),
    ('opportunity', 'terms', 'amount_minor', 'opportunities', 'opportunity_id', 'amount_minor'),
    ('opportunity', 'terms', 'currency', 'opportunities', 'opportunity_id', 'currency'),
    ('opportunity', 'terms', 'close_date', 'opportunities', 'opportunity_id', 'close_date'),
    ('quote', 'terms', 'contract_id', 'quotes', 'quote_id', 'contract_id'),
    ('quote', 'terms', 'total_minor', 'quotes', 'quote_id', 'total_minor'),
    ('quote', 'terms', 'currency', 'quotes', 'quote_id', 'currency'),
    ('customer', 'hierarchy', 'parent_customer_id', 'opportunities', 'customer_id',
     'parent_customer_id'),
    ('customer', 'legal_entity', 'legal_entity_code', 'announced', 'customer_id',
     'legal_entity_code'),
] -%}
-- One row per opportunity, quote or customer, attribute and source that states it: its newest word,
-- and whether that word stands. The declared owner's does; where none is declared, the newest.
with

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

owners as (

    select * from {{ ref('stg_reference__systems_of_record') }}

),

opportunities as (

    select
        opportunities.*,
        customers.customer_id,
        parents.customer_id as parent_customer_id
    from {{ ref('stg_events__opportunities') }} as opportunities
    left join customers
        on
            opportunities.source = customers.source
            and opportunities.source_customer_id = customers.source_customer_id
    left join customers as parents
        on
            opportunities.source = parents.source
            and opportunities.source_parent_customer_id = parents.source_customer_id

),

quotes as (

    select * from {{ ref('stg_events__quotes') }}

),

announced as (

    select
        customer_events.*,
        customers.customer_id
    from {{ ref('stg_events__customers') }} as customer_events
    inner join customers
        on
            customer_events.source = customers.source
            and customer_events.source_customer_id = customers.source_customer_id

),

stated as (

    {% for object, owned, attribute, cte, key, value in claims %}
        select
            '{{ object }}' as object,
            '{{ owned }}' as owned,
            {{ cte }}.{{ key }} as key,
            '{{ attribute }}' as attribute,
            {{ cte }}.source,
            cast({{ cte }}.{{ value }} as varchar) as stated_value,
            {{ cte }}.occurred_at,
            {{ cte }}.event_key
        from {{ cte }}
        where {{ cte }}.{{ key }} is not null and {{ cte }}.{{ value }} is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

newest as (

    select
        stated.*,
        coalesce(stated.source = owners.source, true) as may_stand
    from stated
    left join owners on stated.object = owners.object and stated.owned = owners.attribute
    qualify row_number() over (
        partition by stated.object, stated.key, stated.attribute, stated.source
        order by stated.occurred_at desc, stated.event_key desc
    ) = 1

),

claims as (

    select
        object,
        key,
        attribute,
        source,
        stated_value,
        may_stand and row_number() over (
            partition by object, key, attribute
            order by case when may_stand then 0 else 1 end, occurred_at desc, event_key desc
        ) = 1 as is_winner,
        occurred_at,
        event_key
    from newest

)

select * from claims
