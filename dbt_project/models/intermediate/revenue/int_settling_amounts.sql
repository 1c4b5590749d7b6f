-- One row per amount that settles an invoice: the net and the tax of each credit line, and each
-- payment.
with

documents as (

    select * from {{ ref('int_documents') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

amounts as (

    select
        credit_id as document_id,
        'credit' as document_type,
        credit_line_id as document_line_id,
        'net' as settlement_part,
        net_minor as amount_minor
    from credit_lines
    union all
    select
        credit_id as document_id,
        'credit' as document_type,
        credit_line_id as document_line_id,
        'tax' as settlement_part,
        tax_minor as amount_minor
    from credit_lines
    union all
    select
        document_id,
        document_type,
        document_id as document_line_id,
        'payment' as settlement_part,
        total_minor as amount_minor
    from documents
    where document_type = 'payment'

)

select * from amounts
