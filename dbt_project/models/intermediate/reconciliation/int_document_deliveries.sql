-- One row per document of billing that has subledger lines: what is still open about its delivery,
-- and what the read-back found wrong with the ERP documents that carry it.
with

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }} where document_type is not null

),

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }}
    where document_type is not null and not is_voided

),

breaks as (

    select * from {{ ref('erp_document_breaks') }}

),

ranked as (

    select
        document_type,
        document_id,
        min({{ disposition_rank('delivery_status', 'hold_code') }}) as disposition_rank
    from subledger_lines
    group by document_type, document_id

),

broken as (

    select
        journal_line_sources.document_type,
        journal_line_sources.document_id,
        min(breaks.break_code) as erp_break_code
    from journal_line_sources
    inner join breaks on journal_line_sources.document_key = breaks.document_key
    group by journal_line_sources.document_type, journal_line_sources.document_id

),

deliveries as (

    select
        ranked.document_type,
        ranked.document_id,
        case
            when ranked.disposition_rank not like '%:posted:%'
                then split_part(ranked.disposition_rank, ':', 3)
        end as open_reason,
        broken.erp_break_code
    from ranked
    left join broken
        on
            ranked.document_type = broken.document_type
            and ranked.document_id = broken.document_id

)

select * from deliveries
