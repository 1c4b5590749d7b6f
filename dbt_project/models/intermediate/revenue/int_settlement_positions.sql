-- One row per amount that settles an invoice, in order of date; on one day what comes before what
-- goes, and what a lost dispute gives up last. Up to the invoice's total it relieves the
-- receivable, what is above is the customer's; each way the customer's credit moves, it moves along
-- [credit_from, credit_to) of all that moved so.
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

numbered as (

    select
        amounts.*,
        documents.invoice_id,
        documents.rate_scaled,
        documents.transaction_exponent,
        documents.functional_exponent,
        coalesce(invoices.total_minor, 0) as total_minor,
        invoices.functional_total_minor,
        row_number() over (
            partition by documents.invoice_id
            order by
                documents.document_date,
                case
                    when
                        amounts.document_type = 'dispute_lost'
                        and amounts.settlement_part = 'write_off'
                        then 2
                    when amounts.amount_minor < 0 then 1
                    else 0
                end,
                amounts.document_type,
                amounts.document_id,
                amounts.document_line_id,
                amounts.settlement_part
        ) as settlement_number
    from amounts
    inner join documents
        on
            amounts.document_type = documents.document_type
            and amounts.document_id = documents.document_id
    left join invoices on documents.invoice_id = invoices.invoice_id

),

positioned as (

    select
        *,
        sum(amount_minor) over (
            partition by invoice_id order by settlement_number
        ) as position_to
    from numbered

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
        *,
        cast(receivable_to - receivable_from as bigint) as receivable_minor,
        cast(amount_minor - (receivable_to - receivable_from) as bigint) as customer_credit_minor
    from clamped

),

stacked as (

    select
        *,
        cast(sum(abs(customer_credit_minor)) over (
            partition by invoice_id, customer_credit_minor < 0 order by settlement_number
        ) as bigint) as credit_to
    from split

)

select
    *,
    credit_to - abs(customer_credit_minor) as credit_from
from stacked
