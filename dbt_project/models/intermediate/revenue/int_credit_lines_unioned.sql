-- One row per line of a credit memo and per line of a voided invoice. A void takes back what the
-- credits dated up to its day left of each line.
with

documents as (

    select * from {{ ref('int_documents') }}

),

credit_lines as (

    select * from {{ ref('stg_events__credit_lines') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

memo_lines as (

    select
        documents.document_type,
        documents.document_id,
        documents.event_key,
        documents.invoice_id,
        documents.document_date,
        credit_lines.credit_line_id,
        credit_lines.invoice_line_id,
        credit_lines.basis,
        credit_lines.tax_code,
        credit_lines.net_minor,
        credit_lines.tax_minor
    from documents
    inner join credit_lines on documents.event_key = credit_lines.event_key
    where documents.document_type = 'credit'

),

voided_lines as (

    select
        documents.document_type,
        documents.document_id,
        documents.event_key,
        documents.invoice_id,
        documents.document_date,
        invoice_lines.invoice_line_id as credit_line_id,
        invoice_lines.invoice_line_id,
        'void' as basis,
        invoice_lines.tax_code,
        cast(invoice_lines.net_minor - coalesce(sum(memo_lines.net_minor), 0) as bigint)
            as net_minor,
        cast(invoice_lines.tax_minor - coalesce(sum(memo_lines.tax_minor), 0) as bigint)
            as tax_minor
    from documents
    inner join invoice_lines on documents.invoice_id = invoice_lines.invoice_id
    left join memo_lines
        on
            invoice_lines.invoice_id = memo_lines.invoice_id
            and invoice_lines.invoice_line_id = memo_lines.invoice_line_id
            and documents.document_date >= memo_lines.document_date
    where documents.document_type = 'void'
    group by
        documents.document_type,
        documents.document_id,
        documents.event_key,
        documents.invoice_id,
        documents.document_date,
        invoice_lines.invoice_line_id,
        invoice_lines.tax_code,
        invoice_lines.net_minor,
        invoice_lines.tax_minor

),

unioned as (

    select * from memo_lines
    union all
    select * from voided_lines

)

select * from unioned
