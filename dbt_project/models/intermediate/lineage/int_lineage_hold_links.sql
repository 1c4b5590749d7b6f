-- One row per link between an event by which people hold, release or accept something, and what it
-- is about.
with

holds as (

    select * from {{ ref('stg_events__holds') }}

),

acceptances as (

    select * from {{ ref('stg_events__exception_acceptances') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

billing_documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

hold_events as (

    select
        event_key,
        subject_type,
        subject_key
    from holds
    union
    select
        release_event_key as event_key,
        subject_type,
        subject_key
    from holds
    where release_event_key is not null
    union
    select
        event_key,
        split_part(exception_key, '|', 3) as subject_type,
        {{ exception_subject('exception_key') }} as subject_key
    from acceptances

),

links as (

    select
        'event' as from_type,
        hold_events.event_key as from_key,
        'contract' as to_type,
        contracts.contract_id as to_key
    from hold_events
    inner join contracts
        on
            hold_events.subject_type = 'contract'
            and hold_events.subject_key = contracts.contract_id
    union
    select
        'event' as from_type,
        hold_events.event_key as from_key,
        billing_documents.document_type as to_type,
        billing_documents.document_id as to_key
    from hold_events
    inner join billing_documents
        on
            hold_events.subject_type = 'document'
            and hold_events.subject_key = billing_documents.subject_key

)

select * from links
