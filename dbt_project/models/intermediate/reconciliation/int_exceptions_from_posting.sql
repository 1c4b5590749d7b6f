-- One row per exception about what went out: documents the ERP refused or that wait for a person,
-- and documents the ledger and the ERP do not agree on.
with

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

breaks as (

    select * from {{ ref('erp_document_breaks') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

stopped as (

    select
        'delivery' as origin,
        case
            when journal_entries.outbox_state in ('unknown', 'resolving')
                then 'UNKNOWN_POST_OUTCOME'
            when journal_entries.delivery_status = 'pending_approval'
                then 'POSTING_AWAITS_APPROVAL'
            else 'POSTING_' || upper(journal_entries.delivery_status)
        end as code,
        'document' as subject_type,
        journal_entries.document_key as subject_key,
        'Document ' || journal_entries.document_key || ' over '
        || {{ amount_text(
            'journal_entries.total_minor',
            'currencies.minor_unit_exponent',
            'journal_entries.currency',
        ) }}
        || case journal_entries.delivery_status
            when 'pending_approval' then ' is above the approval limit and waits for approval.'
            when 'rejected'
                then
                    ' was rejected by the ERP after '
                    || journal_entries.attempt_count || ' attempts.'
            when 'conflict' then ' is in the ERP with another content.'
            when 'held' then ' is held back from delivery.'
            else ' was sent, and the ERP has not said what became of it.'
        end
        || coalesce(' The ERP said: ' || journal_entries.error_text, '') as sentence,
        journal_entries.total_minor as amount_minor,
        journal_entries.currency,
        journal_entries.legal_entity_code,
        journal_entries.sealed_as_of as opened_at
    from journal_entries
    left join currencies on journal_entries.currency = currencies.currency
    where
        journal_entries.delivery_status in ('rejected', 'conflict', 'held', 'pending_approval')
        or (
            journal_entries.delivery_status = 'in_flight'
            and journal_entries.outbox_state in ('unknown', 'resolving')
        )

),

broken as (

    select
        'read_back' as origin,
        break_code as code,
        'document' as subject_type,
        case
            when break_code = 'MISSING_IN_ERP' or document_key <> 'no key' then document_key
            else erp_code || ':' || erp_document_id
        end as subject_key,
        sentence,
        difference_minor as amount_minor,
        currency,
        legal_entity_code,
        cast(null as timestamp) as opened_at
    from breaks
    qualify row_number() over (
        partition by break_code, document_key, erp_code
        order by break_key
    ) = 1 or document_key = 'no key'

),

unioned as (

    select * from stopped
    union all
    select * from broken

)

select * from unioned
