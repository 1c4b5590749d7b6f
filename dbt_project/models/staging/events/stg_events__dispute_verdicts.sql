-- One row per event; the first verdict of a dispute counts, whichever it is.
-- Disputes that were decided, typed.
with

events as (

    select * from {{ source('raw', 'events') }}
    where event_type in ('dispute.won', 'dispute.lost')

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents('dispute_id', fields={'verdict_date': 'date'}, amounts={}) }}

),

verdicts as (

    select
        documents.*,
        case events.event_type when 'dispute.won' then 'won' else 'lost' end as verdict
    from documents
    inner join events on documents.event_key = events.event_key

)

select * from verdicts
