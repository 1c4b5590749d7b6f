-- One row per amount that settles an invoice: the net and the tax of each line of a credit memo or
-- void, and each payment and write-off; payments taken back and refunds count negative.
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
        document_type,
        credit_line_id as document_line_id,
        'net' as settlement_part,
        net_minor as amount_minor
    from credit_lines
    union all
    select
        credit_id as document_id,
        document_type,
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
        case document_type when 'payment' then total_minor else -total_minor end as amount_minor
    from documents
    where document_type in ('payment', 'payment_failure', 'refund')
    union all
    select
        document_id,
        document_type,
        document_id as document_line_id,
        'write_off' as settlement_part,
        total_minor as amount_minor
    from documents
    where document_type = 'write_off'

)

select * from amounts
