-- One row per amount that settles an invoice: net and tax of each credit line, and each payment.
-- A view: it answers for single documents when an amount is explained.
{{ config(materialized='view') }}
with

settlements as (

    select * from {{ ref('int_invoice_settlements') }}

),

documents as (

    select * from {{ ref('int_documents') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

settled_amounts as (

    select
        settlements.document_type,
        settlements.document_id,
        settlements.document_line_id,
        settlements.settlement_part,
        settlements.invoice_id,
        documents.document_date,
        documents.legal_entity_code,
        documents.currency,
        documents.functional_currency,
        documents.rate_id,
        {{ amount_from_scaled(wide('documents.rate_scaled') ~ ' * 1000000') }} as rate,
        settlements.amount_minor,
        settlements.position_to,
        settlements.receivable_from,
        settlements.receivable_to,
        settlements.total_minor,
        settlements.functional_total_minor,
        settlements.receivable_minor,
        settlements.customer_credit_minor,
        settlements.functional_receivable_minor,
        settlements.functional_customer_credit_minor,
        credit_lines.basis,
        credit_lines.invoice_line_id,
        case settlements.settlement_part
            when 'net' then credit_lines.functional_net_minor
            when 'tax' then credit_lines.functional_tax_minor
            else settlements.functional_amount_minor
        end as functional_amount_minor,
        case settlements.settlement_part
            when 'net' then credit_lines.line_net_minor
            when 'tax' then credit_lines.line_tax_minor
        end as line_minor,
        case settlements.settlement_part
            when 'net' then credit_lines.line_functional_net_minor
            when 'tax' then credit_lines.line_functional_tax_minor
        end as line_functional_minor,
        cast(case settlements.settlement_part
            when 'net' then credit_lines.net_to_minor
            when 'tax' then credit_lines.tax_to_minor
        end as bigint) as credited_to_minor,
        documents.event_key
    from settlements
    inner join documents
        on
            settlements.document_type = documents.document_type
            and settlements.document_id = documents.document_id
    left join credit_lines
        on
            settlements.document_type = credit_lines.document_type
            and settlements.document_id = credit_lines.credit_id
            and settlements.document_line_id = credit_lines.credit_line_id

)

select * from settled_amounts
