-- One row per sealed ERP document, with the batch it was sealed in and how far it got.
with

documents as (

    select * from {{ ref('stg_ledger__documents') }}

),

batches as (

    select * from {{ ref('stg_ledger__batches') }}

),

voids as (

    select * from {{ ref('stg_ledger__voids') }}

),

outbox_documents as (

    select * from {{ ref('stg_exports__outbox_documents') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

final as (

    select
        documents.document_key,
        documents.document_identity,
        cast(documents.revision as bigint) as revision,
        documents.batch_number,
        documents.erp_code,
        documents.book,
        documents.legal_entity_code,
        documents.currency,
        documents.functional_currency,
        documents.posting_date,
        documents.accounting_period,
        documents.entry_type,
        documents.source_document,
        documents.content_hash,
        documents.total_minor,
        {{ to_amount('documents.total_minor', 'currencies.minor_unit_exponent') }} as total_amount,
        documents.functional_total_minor,
        cast(documents.line_count as bigint) as line_count,
        documents.needs_approval,
        voids.document_key is not null as is_voided,
        voids.reason as void_reason,
        outbox_documents.state as outbox_state,
        case
            when voids.document_key is not null then 'voided'
            when outbox_documents.state in (
                'posted', 'pending_approval', 'rejected', 'conflict', 'held'
            ) then outbox_documents.state
            else 'in_flight'
        end as delivery_status,
        cast(coalesce(outbox_documents.attempts, 0) as bigint) as attempt_count,
        outbox_documents.erp_document_id,
        outbox_documents.erp_number,
        outbox_documents.posted_on,
        outbox_documents.posted_at,
        outbox_documents.error_class,
        outbox_documents.error_text,
        outbox_documents.prepared_by,
        outbox_documents.approved_by,
        batches.as_of as sealed_as_of,
        batches.run_id,
        batches.code_version,
        batches.reference_version,
        batches.policy_version
    from documents
    left join batches on documents.batch_number = batches.batch_number
    left join voids on documents.document_key = voids.document_key
    left join outbox_documents on documents.document_key = outbox_documents.document_key
    left join currencies on documents.currency = currencies.currency

)

select * from final
