-- One row per link from selling to contracts: events, opportunities, quotes, contract versions.
with

opportunities as (

    select * from {{ ref('opportunities') }}

),

quotes as (

    select * from {{ ref('quotes') }}

),

opportunity_events as (

    select * from {{ ref('stg_events__opportunities') }}

),

quote_events as (

    select * from {{ ref('stg_events__quotes') }}

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
        event_key as from_key,
        'opportunity' as to_type,
        opportunity_id as to_key
    from opportunity_events
    union
    select
        'event' as from_type,
        event_key as from_key,
        'quote' as to_type,
        quote_id as to_key
    from quote_events
    union
    select
        'opportunity' as from_type,
        opportunities.opportunity_id as from_key,
        'quote' as to_type,
        quotes.quote_id as to_key
    from quotes
    inner join opportunities on quotes.opportunity_id = opportunities.opportunity_id
    union
    select
        'quote' as from_type,
        quotes.quote_id as from_key,
        'contract' as to_type,
        contracts.contract_id as to_key
    from quotes
    inner join contracts on quotes.contract_id = contracts.contract_id
    union
    select
        'quote' as from_type,
        quotes.quote_id as from_key,
        'contract_version' as to_type,
        contract_versions.contract_version_id as to_key
    from quotes
    inner join contract_versions on quotes.quote_id = contract_versions.quote_id

)

select * from links
