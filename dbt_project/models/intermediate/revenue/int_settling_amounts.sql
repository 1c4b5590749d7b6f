-- One row per amount that settles an invoice: the net and the tax of each line of a credit memo or
-- void, and each payment and write-off; payments taken back, refunds and lost disputes count
-- negative. What no credit or later payment covers of a lost dispute is given up with it.
with

documents as (

    select * from {{ ref('int_documents') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

invoices as (

    select
        invoice_id,
        greatest(sum(net_minor + tax_minor), 0) as total_minor
    from {{ ref('int_invoice_lines_valued') }}
    group by invoice_id

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
    where
        document_type in ('payment', 'payment_failure', 'refund')
        or (document_type = 'dispute_lost' and invoice_id is not null)
    union all
    select
        document_id,
        document_type,
        document_id as document_line_id,
        'write_off' as settlement_part,
        total_minor as amount_minor
    from documents
    where document_type = 'write_off'

),

settled as (

    select
        documents.invoice_id,
        sum(amounts.amount_minor) as settled_minor
    from amounts
    inner join documents using (document_type, document_id)
    group by documents.invoice_id

),

lost as (

    select
        documents.document_id,
        documents.total_minor,
        invoices.total_minor - settled.settled_minor as open_minor,
        sum(documents.total_minor) over (
            partition by documents.invoice_id
            order by documents.document_date, documents.document_id
        ) - documents.total_minor as lost_from
    from documents
    inner join invoices on documents.invoice_id = invoices.invoice_id
    inner join settled on documents.invoice_id = settled.invoice_id
    where documents.document_type = 'dispute_lost'

),

final as (

    select * from amounts
    union all
    select
        document_id,
        'dispute_lost' as document_type,
        document_id as document_line_id,
        'write_off' as settlement_part,
        cast(least(greatest(open_minor - lost_from, 0), total_minor) as bigint) as amount_minor
    from lost

)

select * from final
