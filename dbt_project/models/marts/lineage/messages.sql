-- One row per message that others are to be told: a source, which ERP document carries a contract
-- or document of its own; who notifies, that a contract changed or billing reached the ERP.
-- The files below messages/ hold what has been told; a run tells the difference.
with

subjects_posted as (

    select * from {{ ref('int_subjects_posted') }}

),

changes as (

    select * from {{ ref('workflow_states') }}
    where
        state not in ('held', 'refused', 'withdrawn')
        and approved_at is not null
        and priced_at is not null

),

contracts as (

    select * from {{ ref('contracts') }}

),

events as (

    select * from {{ ref('events') }}

),

postings as (

    select
        *,
        'erp.document_posted' as message_type,
        source as receiver,
        {{ sha256_key([
            "'erp.document_posted'", 'source', 'subject', 'document_key',
        ]) }} as message_id
    from subjects_posted
    union all
    -- Whoever notifies hears of a document once, whatever follows it in the ERP.
    select
        *,
        document_type || '.posted' as message_type,
        null as receiver,
        {{ sha256_key(["'posted'", 'subject']) }} as message_id
    from subjects_posted
    where document_type in ('invoice', 'credit') and entry_type in ('billing', 'credit')
    qualify row_number() over (partition by subject order by batch_number, document_key) = 1

),

messages as (

    select
        message_id,
        receiver,
        message_type,
        subject,
        posted_at as happened_at,
        correlation_id,
        event_id,
        legal_entity_code,
        customer_id,
        contract_id,
        cast(null as varchar) as change_kind,
        cast(null as varchar) as amendment_type,
        cast(null as varchar) as amendment_id,
        cast(null as date) as effective_date,
        erp_code,
        document_key,
        erp_document_id,
        erp_number,
        entry_type,
        posting_date,
        accounting_period,
        currency,
        amount_minor,
        functional_currency,
        functional_amount_minor,
        claim_minor
    from postings
    union all
    select
        {{ sha256_key(["'contract.changed'", 'changes.workflow_key']) }} as message_id,
        null as receiver,
        'contract.changed' as message_type,
        'contract:' || changes.contract_id as subject,
        greatest(changes.approved_at, changes.priced_at) as happened_at,
        changes.correlation_id,
        events.event_id,
        changes.legal_entity_code,
        contracts.customer_id,
        changes.contract_id,
        changes.change_kind,
        changes.amendment_type,
        changes.amendment_id,
        changes.effective_date,
        null as erp_code,
        null as document_key,
        null as erp_document_id,
        null as erp_number,
        null as entry_type,
        null as posting_date,
        null as accounting_period,
        null as currency,
        null as amount_minor,
        null as functional_currency,
        null as functional_amount_minor,
        null as claim_minor
    from changes
    inner join contracts on changes.contract_id = contracts.contract_id
    inner join events on changes.event_key = events.event_key

)

select * from messages
