-- One row per posted ERP document and contract or billing document that it carries, with the source
-- whose own that is, and what the document books for it.
with

documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

contracts as (

    select * from {{ ref('contracts') }}

),

events as (

    select * from {{ ref('events') }}

),

line_sources as (

    select * from {{ ref('journal_line_sources') }}

),

posted as (

    select * from {{ ref('journal_entries') }} where delivery_status = 'posted'

),

subjects as (

    -- What a source knows under an id of its own, and the event that stated it.
    select
        subject_key as subject,
        event_key,
        document_type,
        claim_minor
    from documents
    union all
    select
        'contract:' || contract_id as subject,
        created_event_key as event_key,
        cast(null as varchar) as document_type,
        cast(null as bigint) as claim_minor
    from contracts

),

pieces as (

    select
        *,
        document_type || ':' || document_id as subject
    from line_sources
    where document_type is not null
    union all
    select
        *,
        'contract:' || contract_id as subject
    from line_sources
    where contract_id is not null

),

carried as (

    select
        document_key,
        subject,
        case when min(contract_id) = max(contract_id) then min(contract_id) end as contract_id,
        case when min(customer_id) = max(customer_id) then min(customer_id) end as customer_id,
        case when min(correlation_id) = max(correlation_id) then min(correlation_id) end
            as correlation_id,
        cast(sum(greatest(amount_minor, 0)) as bigint) as amount_minor,
        cast(sum(greatest(functional_amount_minor, 0)) as bigint) as functional_amount_minor
    from pieces
    group by document_key, subject

),

final as (

    select
        carried.subject,
        subjects.document_type,
        subjects.claim_minor,
        events.source,
        events.event_id,
        carried.contract_id,
        carried.customer_id,
        carried.correlation_id,
        carried.amount_minor,
        carried.functional_amount_minor,
        posted.batch_number,
        posted.erp_code,
        posted.document_key,
        posted.erp_document_id,
        posted.erp_number,
        posted.posted_at,
        posted.legal_entity_code,
        posted.entry_type,
        posted.posting_date,
        posted.accounting_period,
        posted.currency,
        posted.functional_currency
    from carried
    inner join posted on carried.document_key = posted.document_key
    inner join subjects on carried.subject = subjects.subject
    inner join events on subjects.event_key = events.event_key

)

select * from final
