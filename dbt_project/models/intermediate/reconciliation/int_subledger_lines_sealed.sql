-- One row per subledger line key that was ever sealed: what the ledger holds for it now, how much
-- of it the ERP acknowledged, and the worst state of the documents that carry the rest. What was
-- sealed without a document nets to zero in the ERP and needs no acknowledgement.
with

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

sources as (

    select
        journal_line_sources.subledger_line_key,
        journal_line_sources.amount_minor,
        journal_line_sources.functional_amount_minor,
        coalesce(journal_entries.delivery_status, 'posted') as delivery_status,
        {{ delivery_severity('journal_entries.delivery_status') }} as severity
    from journal_line_sources
    left join journal_entries on journal_line_sources.document_key = journal_entries.document_key
    where not journal_line_sources.is_voided

),

sealed as (

    select
        subledger_line_key,
        cast(sum(amount_minor) as bigint) as sealed_minor,
        cast(sum(functional_amount_minor) as bigint) as sealed_functional_minor,
        cast(
            coalesce(sum(amount_minor) filter (where delivery_status = 'posted'), 0) as bigint
        ) as posted_minor,
        cast(
            coalesce(sum(functional_amount_minor) filter (where delivery_status = 'posted'), 0)
            as bigint
        ) as posted_functional_minor,
        {{ delivery_of_severity('min(severity)') }} as open_delivery_status
    from sources
    group by subledger_line_key

)

select * from sealed
