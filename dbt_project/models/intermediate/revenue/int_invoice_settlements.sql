-- One row per amount that settles an invoice: the net and the tax of each credit line, and each
-- payment, in order of date. Up to the invoice's total it relieves the receivable at the invoice's
-- rate; what is above belongs to the customer.
with

documents as (

    select * from {{ ref('int_documents') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

amounts as (

    select * from {{ ref('int_settling_amounts') }}

),

invoices as (

    select
        invoice_id,
        greatest({{ sum_or_unknown('net_minor + tax_minor') }}, 0) as total_minor,
        {{ sum_or_unknown('functional_net_minor + functional_tax_minor') }}
            as functional_total_minor
    from invoice_lines
    group by invoice_id

),

positioned as (

    select
        amounts.*,
        documents.invoice_id,
        documents.rate_scaled,
        documents.transaction_exponent,
        documents.functional_exponent,
        coalesce(invoices.total_minor, 0) as total_minor,
        invoices.functional_total_minor,
        sum(amounts.amount_minor) over (
            partition by documents.invoice_id
            order by
                documents.document_date,
                amounts.document_type,
                amounts.document_id,
                amounts.document_line_id,
                amounts.settlement_part
        ) as position_to
    from amounts
    inner join documents
        on
            amounts.document_type = documents.document_type
            and amounts.document_id = documents.document_id
    left join invoices on documents.invoice_id = invoices.invoice_id

),

clamped as (

    select
        *,
        least(greatest(position_to - amount_minor, 0), total_minor) as receivable_from,
        least(greatest(position_to, 0), total_minor) as receivable_to
    from positioned

),

split as (

    select
        document_type,
        document_id,
        document_line_id,
        settlement_part,
        invoice_id,
        amount_minor,
        cast(receivable_to - receivable_from as bigint) as receivable_minor,
        cast(amount_minor - (receivable_to - receivable_from) as bigint) as customer_credit_minor,
        case
            when receivable_to = receivable_from then 0
            else {{ share_between(
                'functional_total_minor', 'receivable_from', 'receivable_to', 'total_minor'
            ) }}
        end as functional_receivable_minor,
        {{ convert_minor(
            'amount_minor - (receivable_to - receivable_from)',
            'rate_scaled', 'transaction_exponent', 'functional_exponent',
        ) }} as functional_customer_credit_minor,
        {{ convert_minor(
            'amount_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
        ) }} as functional_amount_minor
    from clamped

)

select * from split
