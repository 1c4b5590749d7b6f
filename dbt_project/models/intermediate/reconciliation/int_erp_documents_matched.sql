-- One row per document posted in the ERP, beside the sealed document of the same key if there is
-- one. Copy 1 of a key is the one the outbox has a receipt for.
with

document_contents as (

    select * from {{ ref('int_document_contents') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

sealed as (

    select * from document_contents where origin = 'sealed'

),

posted as (

    select * from document_contents where origin = 'erp'

),

matched as (

    select
        posted.erp_code,
        posted.origin_id as erp_document_id,
        posted.erp_number,
        posted.document_key,
        posted.legal_entity_code,
        posted.currency,
        posted.posting_date,
        posted.accounting_period,
        posted.debit_minor,
        posted.functional_debit_minor,
        sealed.document_key is not null as is_sealed,
        sealed.debit_minor as sealed_minor,
        sealed.functional_debit_minor as functional_sealed_minor,
        journal_entries.delivery_status,
        journal_entries.outbox_state,
        coalesce(posted.content = sealed.content, false)
        and (posted.legal_entity_code is not distinct from sealed.legal_entity_code)
            as is_unaltered,
        row_number() over (
            partition by posted.erp_code, posted.document_key
            order by
                case when posted.origin_id = journal_entries.erp_document_id then 0 else 1 end,
                posted.origin_id
        ) as copy_number,
        count(*) over (partition by posted.erp_code, posted.document_key) as copy_count
    from posted
    left join sealed
        on
            posted.document_key = sealed.document_key
            and posted.erp_code = sealed.erp_code
    left join journal_entries on sealed.document_key = journal_entries.document_key

)

select * from matched
