-- One row per service level and what it is kept for: when its time began and when it ended; open
-- where it has not ended yet.
with

amendments_billed as (

    select * from {{ ref('int_amendments_billed') }}

),

documents_posted as (

    select * from {{ ref('int_documents_posted') }}
    where document_type in ('invoice', 'credit', 'payment')

),

usage_charges as (

    -- What only free credit pays is in no journal.
    select * from {{ ref('int_usage_charges_payable') }}
    where is_complete and payable_minor + drawn_revenue_minor is distinct from 0

),

sources as (

    select * from {{ ref('journal_line_sources') }}
    where entry_type = 'usage_accrual' and not is_voided

),

journal_entries as (

    select * from {{ ref('journal_entries') }} where not is_voided

),

holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

reconciled_days as (

    select * from {{ ref('int_reconciled_days') }}

),

accrued as (

    select
        sources.contract_id,
        sources.contract_line_id,
        sources.origin_period,
        max(journal_entries.sealed_as_of) as sealed_as_of
    from sources
    inner join journal_entries on sources.document_key = journal_entries.document_key
    group by sources.contract_id, sources.contract_line_id, sources.origin_period

),

ready as (

    select
        usage_charges.usage_charge_id,
        usage_charges.legal_entity_code,
        {{ midnight_at(
            add_days('usage_charges.service_end_date', 1), 'legal_entities.time_zone'
        ) }} as started_at,
        case when holds.subject_key is null then accrued.sealed_as_of end as ended_at
    from usage_charges
    inner join legal_entities
        on usage_charges.legal_entity_code = legal_entities.legal_entity_code
    left join accrued
        on
            usage_charges.contract_id = accrued.contract_id
            and usage_charges.contract_line_id = accrued.contract_line_id
            and usage_charges.accounting_period = accrued.origin_period
    left join holds on usage_charges.contract_id = holds.subject_key

),

unioned as (

    select
        'amendment_to_invoice' as metric_code,
        'amendment' as object_type,
        event_key as object_key,
        legal_entity_code,
        started_at,
        ended_at
    from amendments_billed
    union all
    select
        case document_type when 'payment' then 'payment_to_cash' else 'invoice_to_erp' end
            as metric_code,
        document_type as object_type,
        document_id as object_key,
        legal_entity_code,
        received_at as started_at,
        posted_at as ended_at
    from documents_posted
    union all
    select
        'invoice_readiness' as metric_code,
        'usage_charge' as object_type,
        usage_charge_id as object_key,
        legal_entity_code,
        started_at,
        ended_at
    from ready
    union all
    select
        'revenue_posting' as metric_code,
        'journal_entry' as object_type,
        journal_entries.document_key as object_key,
        journal_entries.legal_entity_code,
        {{ midnight_at(
            add_days('journal_entries.posting_date', 1), 'legal_entities.time_zone'
        ) }} as started_at,
        journal_entries.posted_at as ended_at
    from journal_entries
    inner join legal_entities
        on journal_entries.legal_entity_code = legal_entities.legal_entity_code
    where journal_entries.entry_type in ('recognition', 'usage_accrual')
    union all
    select
        'reconciliation' as metric_code,
        'day' as object_type,
        cast(reconciled_day as varchar) as object_key,
        cast(null as varchar) as legal_entity_code,
        started_at,
        ended_at
    from reconciled_days

)

select * from unioned
