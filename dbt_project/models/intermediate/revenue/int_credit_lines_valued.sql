-- One row per line of a credit memo or void up to the cut-off, valued at the rate of the invoice
-- line it corrects: the credits of a line take successive spans off its top.
with

documents as (

    select * from {{ ref('int_documents') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_unioned') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

invoices as (

    select distinct invoice_id from invoice_lines

),

joined as (

    select
        documents.document_type,
        documents.document_id as credit_id,
        credit_lines.credit_line_id,
        credit_lines.basis,
        documents.document_date as credit_date,
        documents.invoice_id,
        credit_lines.invoice_line_id,
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        invoice_lines.product_code,
        invoice_lines.service_start_date,
        invoice_lines.service_end_date,
        invoice_lines.track_key,
        documents.event_key,
        documents.customer_id,
        documents.legal_entity_code,
        documents.currency,
        documents.transaction_exponent,
        documents.functional_exponent,
        documents.rate_scaled,
        coalesce(invoice_lines.rate_id, documents.rate_id) as rate_id,
        documents.correlation_id,
        credit_lines.tax_code,
        credit_lines.net_minor,
        credit_lines.tax_minor,
        invoices.invoice_id is not null as is_invoice_known,
        invoice_lines.net_minor as line_net_minor,
        invoice_lines.tax_minor as line_tax_minor,
        invoice_lines.functional_net_minor as line_functional_net_minor,
        invoice_lines.functional_tax_minor as line_functional_tax_minor
    from documents
    inner join credit_lines on documents.event_key = credit_lines.event_key
    left join invoice_lines
        on
            documents.invoice_id = invoice_lines.invoice_id
            and credit_lines.invoice_line_id = invoice_lines.invoice_line_id
    left join invoices on documents.invoice_id = invoices.invoice_id

),

accumulated as (

    select
        *,
        sum(net_minor) over by_basis as net_to_minor,
        sum(tax_minor) over by_line as tax_to_minor
    from joined
    window
        by_basis as (
            partition by invoice_id, invoice_line_id, basis = 'concession'
            order by credit_date, document_type, credit_id, credit_line_id
        ),
        by_line as (
            partition by invoice_id, invoice_line_id
            order by credit_date, document_type, credit_id, credit_line_id
        )

),

valued as (

    select
        *,
        case
            when line_net_minor > 0
                then {{ share_between(
                    'line_functional_net_minor',
                    'line_net_minor - net_to_minor',
                    'line_net_minor - net_to_minor + net_minor',
                    'line_net_minor',
                ) }}
            else {{ convert_minor(
                'net_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
            ) }}
        end as functional_net_minor,
        case
            when line_tax_minor > 0
                then {{ share_between(
                    'line_functional_tax_minor',
                    'tax_to_minor - tax_minor',
                    'tax_to_minor',
                    'line_tax_minor',
                ) }}
            else {{ convert_minor(
                'tax_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
            ) }}
        end as functional_tax_minor
    from accumulated

)

select * from valued
