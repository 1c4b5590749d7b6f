-- One row per link between events, customers, contracts, their versions and billing documents.
with

contract_events as (

    select * from {{ ref('int_contract_event_outcomes') }}

),

customer_events as (

    select * from {{ ref('stg_events__customers') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }} where customer_id is not null

),

contracts as (

    select * from {{ ref('contracts') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

billing_documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

invoices as (

    select * from billing_documents where document_type = 'invoice'

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

links as (

    select
        'event' as from_type,
        customer_events.event_key as from_key,
        'customer' as to_type,
        customers.customer_id as to_key
    from customer_events
    inner join customers
        on
            customer_events.source = customers.source
            and customer_events.source_customer_id = customers.source_customer_id

    union

    select 'event', contract_events.event_key, 'contract', contracts.contract_id
    from contract_events
    inner join contracts on contract_events.contract_id = contracts.contract_id

    union

    select 'event', event_key, 'contract_version', contract_version_id
    from contract_versions

    union

    select 'event', event_key, document_type, document_id
    from billing_documents

    union

    select 'customer', customer_id, 'contract', contract_id
    from contracts
    where customer_id is not null

    union

    select 'contract', contract_id, 'contract_version', contract_version_id
    from contract_versions

    union

    select 'contract', contracts.contract_id, 'invoice', invoices.document_id
    from invoice_lines
    inner join invoices on invoice_lines.event_key = invoices.event_key
    inner join contracts on invoice_lines.contract_id = contracts.contract_id

    union

    select 'invoice', invoices.document_id, settlements.document_type, settlements.document_id
    from billing_documents as settlements
    inner join invoices on settlements.invoice_id = invoices.document_id
    where settlements.document_type in ('credit', 'payment')

)

select * from links
