-- One row per invoice, credit and payment that counts, in one shape.
with

invoices as (

    select * from {{ ref('stg_events__invoices') }}

),

credits as (

    select * from {{ ref('stg_events__credits') }}

),

payments as (

    select * from {{ ref('stg_events__payments') }}

),

unioned as (

    select
        'invoice' as document_type,
        invoice_id as document_id,
        invoice_id,
        event_key,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        invoice_date as document_date,
        total_minor,
        tax_total_minor,
        correlation_id
    from invoices
    where is_first
    union all
    select
        'credit' as document_type,
        credit_id as document_id,
        invoice_id,
        event_key,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        credit_date as document_date,
        total_minor,
        tax_total_minor,
        correlation_id
    from credits
    where is_first
    union all
    select
        'payment' as document_type,
        payment_id as document_id,
        invoice_id,
        event_key,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        paid_date as document_date,
        amount_minor as total_minor,
        cast(0 as bigint) as tax_total_minor,
        correlation_id
    from payments
    where is_first

)

select * from unioned
