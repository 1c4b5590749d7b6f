-- One row per link from a ticket of support, and from its events, to the request for a credit, and
-- from the request to the credit memos that answer it.
with

requests as (

    select * from {{ ref('credit_requests') }}

),

request_events as (

    select * from {{ ref('stg_events__credit_requests') }}

),

credits as (

    select * from {{ ref('stg_events__credits') }} where is_first

),

links as (

    select
        'event' as from_type,
        event_key as from_key,
        'credit_request' as to_type,
        request_id as to_key
    from request_events
    union
    select
        'ticket' as from_type,
        ticket_id as from_key,
        'credit_request' as to_type,
        request_id as to_key
    from requests
    union
    select
        'credit_request' as from_type,
        requests.request_id as from_key,
        'credit' as to_type,
        credits.credit_id as to_key
    from requests
    inner join credits on requests.request_id = credits.request_id

)

select * from links
