-- One row per invoice line up to the cut-off, with net and tax in functional currency. The lines of
-- an invoice are rounded cumulatively, so they add up to the invoice at its rate.
with

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'invoice'

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

positioned as (

    select
        documents.document_id as invoice_id,
        invoice_lines.invoice_line_id,
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        invoice_lines.source_product_code,
        invoice_lines.product_code,
        invoice_lines.is_product_known,
        invoice_lines.line_kind,
        invoice_lines.service_start_date,
        invoice_lines.service_end_date,
        invoice_lines.tax_code,
        documents.document_date as invoice_date,
        documents.event_key,
        documents.customer_id,
        documents.book,
        documents.legal_entity_code,
        documents.currency,
        documents.functional_currency,
        documents.transaction_exponent,
        documents.functional_exponent,
        documents.rate_scaled,
        documents.rate_id,
        documents.correlation_id,
        invoice_lines.net_minor,
        invoice_lines.tax_minor,
        coalesce(sum(invoice_lines.net_minor + invoice_lines.tax_minor) over (
            partition by documents.document_id
            order by invoice_lines.invoice_line_id
            rows between unbounded preceding and 1 preceding
        ), 0) as position_minor
    from documents
    inner join invoice_lines on documents.event_key = invoice_lines.event_key

),

converted as (

    select
        *,
        {{ convert_minor(
            'position_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
        ) }} as functional_at_start_minor,
        {{ convert_minor(
            'position_minor + net_minor',
            'rate_scaled', 'transaction_exponent', 'functional_exponent',
        ) }} as functional_after_net_minor,
        {{ convert_minor(
            'position_minor + net_minor + tax_minor',
            'rate_scaled', 'transaction_exponent', 'functional_exponent',
        ) }} as functional_after_tax_minor
    from positioned

),

valued as (

    select
        *,
        functional_after_net_minor - functional_at_start_minor as functional_net_minor,
        functional_after_tax_minor - functional_after_net_minor as functional_tax_minor,
        case
            when line_kind = 'usage'
                then {{ usage_track(
                    'contract_id',
                    'contract_line_id',
                    accounting_period('coalesce(service_start_date, invoice_date)'),
                    'legal_entity_code',
                    'currency',
                ) }}
            when line_kind = 'prepaid'
                then {{ prepaid_track(
                    'contract_id', 'contract_line_id', 'legal_entity_code', 'currency'
                ) }}
            else {{ contract_track('contract_id', 'legal_entity_code', 'currency') }}
        end as track_key
    from converted

)

select * from valued
