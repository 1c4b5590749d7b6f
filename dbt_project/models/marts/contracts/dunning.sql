-- One row per payment and day on which it failed: whose it was, which attempt on its invoice, and
-- what is still to be collected. A failure changes no revenue.
with

failures as (

    select * from {{ ref('stg_events__payment_failures') }} where is_first

),

documents as (

    select * from {{ ref('int_documents') }}

),

positions as (

    select * from {{ ref('int_settlement_positions') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

settled as (

    select
        invoice_id,
        receivable_to as settled_minor
    from positions
    qualify row_number() over (partition by invoice_id order by settlement_number desc) = 1

),

invoices as (

    select
        documents.invoice_id,
        documents.total_minor - coalesce(settled.settled_minor, 0) as open_minor
    from documents
    left join settled on documents.invoice_id = settled.invoice_id
    where documents.document_type = 'invoice'

),

final as (

    select
        failures.payment_failure_id,
        failures.payment_id,
        failures.invoice_id,
        customers.customer_id,
        failures.legal_entity_code,
        failures.currency,
        failures.failed_date,
        failures.amount_minor,
        failures.reason,
        row_number() over (
            partition by failures.invoice_id
            order by failures.failed_date, failures.payment_failure_id
        ) as attempt_number,
        reversals.document_id is not null as is_taken_back,
        cast(invoices.open_minor as bigint) as open_minor,
        case
            when invoices.open_minor is null then 'invoice_unknown'
            when invoices.open_minor > 0 then 'to_collect'
            else 'settled'
        end as dunning_status,
        failures.event_key
    from failures
    left join customers
        on
            failures.source = customers.source
            and failures.source_customer_id = customers.source_customer_id
    left join invoices on failures.invoice_id = invoices.invoice_id
    left join documents as reversals
        on
            reversals.document_type = 'payment_failure'
            and failures.payment_failure_id = reversals.document_id

)

select * from final
