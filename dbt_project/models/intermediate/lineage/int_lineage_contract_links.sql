-- One row per link between events, customers, contracts and their versions.
with

contract_events as (

    select * from {{ ref('int_contract_event_outcomes') }}

),

customer_events as (

    select * from {{ ref('stg_events__customers') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }} where customer_id is not null

),

contracts as (

    select * from {{ ref('contracts') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

links as (

    select
        'event' as from_type,
        customer_events.event_key as from_key,
        'customer' as to_type,
        customers.customer_id as to_key
    from customer_events
    inner join customers
        on
            customer_events.source = customers.source
            and customer_events.source_customer_id = customers.source_customer_id

    union

    select
        'event' as from_type,
        contract_events.event_key as from_key,
        'contract' as to_type,
        contracts.contract_id as to_key
    from contract_events
    inner join contracts on contract_events.contract_id = contracts.contract_id

    union

    select
        'event' as from_type,
        event_key as from_key,
        'contract_version' as to_type,
        contract_version_id as to_key
    from contract_versions

    union

    select
        'customer' as from_type,
        customer_id as from_key,
        'contract' as to_type,
        contract_id as to_key
    from contracts
    where customer_id is not null

    union

    select
        'contract' as from_type,
        renewed.contract_id as from_key,
        'contract' as to_type,
        contracts.contract_id as to_key
    from contracts
    inner join contracts as renewed on contracts.previous_contract_id = renewed.contract_id

    union

    select
        'contract' as from_type,
        contract_id as from_key,
        'contract_version' as to_type,
        contract_version_id as to_key
    from contract_versions

)

select * from links
