-- One row per usage contract line, accounting period of the service and currency: what billing
-- invoiced for it, less credits that correct the price, and how much of that held documents say.
with

billing_documents as (

    select * from {{ ref('int_billing_documents') }} where is_first and is_due

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }} where line_kind = 'usage'

),

credit_lines as (

    select * from {{ ref('stg_events__credit_lines') }} where basis = 'modification'

),

document_holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

corrections as (

    select
        credit_lines.invoice_id,
        credit_lines.invoice_line_id,
        sum(credit_lines.net_minor) as net_minor,
        coalesce(
            sum(credit_lines.net_minor) filter (where document_holds.hold_code is not null), 0
        ) as held_minor,
        min(document_holds.hold_code) as hold_code
    from credit_lines
    inner join billing_documents on credit_lines.event_key = billing_documents.event_key
    left join document_holds on billing_documents.subject_key = document_holds.subject_key
    group by credit_lines.invoice_id, credit_lines.invoice_line_id

),

lines as (

    select
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        {{ accounting_period(
            'coalesce(invoice_lines.service_start_date, billing_documents.document_date)'
        ) }} as accounting_period,
        billing_documents.currency,
        billing_documents.legal_entity_code,
        invoice_lines.net_minor - coalesce(corrections.net_minor, 0) as invoiced_minor,
        case
            when document_holds.hold_code is null then -coalesce(corrections.held_minor, 0)
            else invoice_lines.net_minor - coalesce(corrections.net_minor, 0)
        end as held_minor,
        document_holds.hold_code is null as is_free,
        coalesce(document_holds.hold_code, corrections.hold_code) as hold_code
    from invoice_lines
    inner join billing_documents on invoice_lines.event_key = billing_documents.event_key
    left join corrections
        on
            billing_documents.document_id = corrections.invoice_id
            and invoice_lines.invoice_line_id = corrections.invoice_line_id
    left join document_holds on billing_documents.subject_key = document_holds.subject_key

),

invoiced as (

    select
        contract_id,
        contract_line_id,
        accounting_period,
        currency,
        min(legal_entity_code) as legal_entity_code,
        count(*) as invoice_line_count,
        count(*) filter (where is_free) as free_line_count,
        cast(coalesce(sum(invoiced_minor), 0) as bigint) as invoiced_minor,
        cast(coalesce(sum(held_minor), 0) as bigint) as held_minor,
        min(hold_code) as hold_code
    from lines
    group by contract_id, contract_line_id, accounting_period, currency

)

select * from invoiced
