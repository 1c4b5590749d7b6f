-- One row per document of billing that is due and says an amount: when its source had it,
-- and when all of it was in the ERP.
with

billing_documents as (

    select * from {{ ref('int_billing_documents') }}
    where is_first and is_due and claim_minor is distinct from 0

),

events as (

    select * from {{ source('raw', 'events') }}

),

subledger_lines_delivered as (

    select * from {{ ref('int_subledger_lines_delivered') }} where document_type is not null

),

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }} where not is_voided

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

waiting as (

    select
        document_type,
        document_id,
        count(*) as line_count,
        count(*) filter (where delivery_status <> 'posted') as open_count
    from subledger_lines_delivered
    group by document_type, document_id

),

posted as (

    select
        journal_line_sources.document_type,
        journal_line_sources.document_id,
        max(journal_entries.posted_at) as posted_at
    from journal_line_sources
    inner join journal_entries
        on journal_line_sources.document_key = journal_entries.document_key
    group by journal_line_sources.document_type, journal_line_sources.document_id

),

final as (

    select
        billing_documents.event_key,
        billing_documents.subject_key,
        billing_documents.document_type,
        billing_documents.document_id,
        billing_documents.legal_entity_code,
        billing_documents.document_date,
        coalesce(events.received_at, events.occurred_at) as received_at,
        case
            when waiting.line_count > 0 and waiting.open_count = 0 then posted.posted_at
        end as posted_at
    from billing_documents
    inner join events on billing_documents.event_key = events.event_key
    left join waiting
        on
            billing_documents.document_type = waiting.document_type
            and billing_documents.document_id = waiting.document_id
    left join posted
        on
            billing_documents.document_type = posted.document_type
            and billing_documents.document_id = posted.document_id

)

select * from final
