-- One row per write-off after service was stopped, or dispute lost after it ended, and invoice line
-- whose service it takes: what was billed and will never be served was no asset. It leaves deferred
-- revenue before there is a loss.
with

running as (

    select event_key from {{ ref('stg_events__write_offs') }} where not service_stopped

),

documents as (

    select
        documents.*,
        amounts.amount_minor as given_up_minor,
        sum(amounts.amount_minor) over (
            partition by documents.invoice_id
            order by documents.document_date, documents.document_type, documents.document_id
        ) as written_off_to
    from {{ ref('int_settling_amounts') }} as amounts
    inner join {{ ref('int_documents') }} as documents using (document_type, document_id)
    left join running on documents.event_key = running.event_key
    where amounts.settlement_part = 'write_off' and running.event_key is null

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

earned as (

    select * from {{ ref('int_invoice_lines_earned') }}
    where document_type <> 'void' and is_service_over

),

credited as (

    select
        invoice_id,
        invoice_line_id,
        sum(net_minor) as credited_minor,
        coalesce(sum(net_minor) filter (where basis = 'modification'), 0) as cut_minor
    from {{ ref('int_credit_lines_valued') }}
    group by invoice_id, invoice_line_id

),

unearned as (

    select
        documents.document_type,
        documents.document_id as write_off_id,
        documents.document_date as write_off_date,
        documents.written_off_to - documents.given_up_minor as written_off_from,
        documents.written_off_to,
        invoice_lines.*,
        coalesce(credited.cut_minor, 0) as cut_minor,
        greatest(
            invoice_lines.net_minor - coalesce(credited.credited_minor, 0) - earned.earned_minor, 0
        ) as unearned_minor
    from documents
    inner join earned
        on
            documents.document_type = earned.document_type
            and documents.document_id = earned.document_id
    inner join invoice_lines
        on
            earned.invoice_id = invoice_lines.invoice_id
            and earned.invoice_line_id = invoice_lines.invoice_line_id
    left join credited
        on
            invoice_lines.invoice_id = credited.invoice_id
            and invoice_lines.invoice_line_id = credited.invoice_line_id

),

stacked as (

    select
        *,
        sum(unearned_minor) over (
            partition by document_type, write_off_id order by invoice_line_id
        ) - unearned_minor as unearned_from
    from unearned

),

taken as (

    select
        *,
        greatest(written_off_from - unearned_from, 0) as taken_from,
        least(written_off_to - unearned_from, unearned_minor) as taken_to
    from stacked

),

valued as (

    select
        *,
        cast(taken_to - taken_from as bigint) as amount_minor,
        {{ share_between(
            'functional_net_minor',
            'net_minor - cut_minor - taken_to',
            'net_minor - cut_minor - taken_from',
            'net_minor',
        ) }} as functional_minor
    from taken
    where taken_to > taken_from and net_minor > 0

)

select * from valued
