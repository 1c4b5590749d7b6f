-- One row per change of a contract: when the document that bills it and the first revenue of its
-- terms were sealed, and when the ERP had acknowledged them.
with

changes as (

    select
        *,
        case
            when change_kind = 'cancellation' then {{ add_days('decides_from', -1) }}
            else decides_from
        end as books_from,
        split_part(disposition_rank, ':', 2) as revenue_disposition
    from {{ ref('int_workflow_changes') }}
    where outcome = 'applied'

),

bills as (

    select * from {{ ref('int_workflow_bills') }} where document_id is not null

),

dispositions as (

    select * from {{ ref('int_document_event_dispositions') }}

),

lines as (

    select
        sources.contract_id,
        sources.document_type,
        sources.document_id,
        sources.batch_number,
        sources.origin_period,
        sources.effective_date,
        batches.as_of as sealed_at,
        case
            when sources.document_key is null then batches.as_of
            else journal_entries.posted_at
        end as posted_at
    from {{ ref('journal_line_sources') }} as sources
    inner join {{ ref('stg_ledger__batches') }} as batches
        on sources.batch_number = batches.batch_number
    left join {{ ref('journal_entries') }} as journal_entries
        on sources.document_key = journal_entries.document_key
    where not sources.is_voided

),

billed as (

    select
        document_type,
        document_id,
        min(sealed_at) as sealed_at,
        case when count(*) = count(posted_at) then max(posted_at) end as posted_at
    from lines
    where document_type is not null
    group by document_type, document_id

),

-- What was sealed since the change was known, and belongs to days it decides: its first batch.
earned as (

    select
        changes.workflow_key,
        lines.sealed_at,
        case when count(*) = count(lines.posted_at) then max(lines.posted_at) end as posted_at
    from changes
    inner join lines
        on
            changes.contract_id = lines.contract_id
            and lines.document_type is null
            and changes.known_at <= lines.sealed_at
            and changes.books_from <= lines.effective_date
            and {{ accounting_period('changes.books_from') }} <= lines.origin_period
            and {{ accounting_period(add_days('changes.decides_to', -1)) }} >= lines.origin_period
    group by changes.workflow_key, lines.sealed_at
    qualify row_number() over (partition by changes.workflow_key order by lines.sealed_at) = 1

),

joined as (

    -- What the ERP has as the change says it needs no entry of its own.
    select
        changes.workflow_key,
        bills.document_id is not null
        and dispositions.disposition_rank not like '9:%' as has_document,
        changes.revenue_disposition <> 'no_financial_effect' as has_revenue,
        billed.sealed_at as document_sealed_at,
        billed.posted_at as document_posted_at,
        case
            when changes.revenue_disposition = 'posted'
                then coalesce(earned.sealed_at, changes.known_at)
            else earned.sealed_at
        end as revenue_sealed_at,
        case
            when changes.revenue_disposition = 'posted'
                then coalesce(earned.posted_at, changes.known_at)
            else earned.posted_at
        end as revenue_posted_at
    from changes
    left join bills on changes.workflow_key = bills.workflow_key
    left join dispositions on bills.event_key = dispositions.event_key
    left join billed
        on bills.document_type = billed.document_type and bills.document_id = billed.document_id
    left join earned on changes.workflow_key = earned.workflow_key

),

final as (

    select
        workflow_key,
        has_document,
        has_revenue,
        case
            when has_document and document_sealed_at is null then null
            when has_revenue and revenue_sealed_at is null then null
            else greatest(document_sealed_at, case when has_revenue then revenue_sealed_at end)
        end as journaled_at,
        case
            when has_document and document_posted_at is null then null
            when has_revenue and revenue_posted_at is null then null
            else greatest(document_posted_at, case when has_revenue then revenue_posted_at end)
        end as posted_at
    from joined

)

select * from final
