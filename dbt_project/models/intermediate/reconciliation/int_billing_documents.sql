-- One row per event that announces an invoice, a credit or a payment: what it adds to what the
-- customer owes. The first event of a document counts; the others only repeat or contradict it.
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

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

documents as (

    select
        event_key,
        'invoice' as document_type,
        invoice_id as document_id,
        invoice_id,
        legal_entity_code,
        currency,
        invoice_date as document_date,
        total_minor as claim_minor,
        is_first,
        known_at
    from invoices
    union all
    select
        event_key,
        'credit' as document_type,
        credit_id as document_id,
        invoice_id,
        legal_entity_code,
        currency,
        credit_date as document_date,
        -total_minor as claim_minor,
        is_first,
        known_at
    from credits
    union all
    select
        event_key,
        'payment' as document_type,
        payment_id as document_id,
        invoice_id,
        legal_entity_code,
        currency,
        paid_date as document_date,
        -amount_minor as claim_minor,
        is_first,
        known_at
    from payments

),

dated as (

    select
        documents.*,
        documents.document_type || ':' || documents.document_id as subject_key,
        documents.document_date
        <= coalesce(
            legal_entities.cutoff_date, {{ add_days('cast(parameters.as_of as date)', -1) }}
        ) as is_due
    from documents
    cross join parameters
    left join legal_entities
        on documents.legal_entity_code = legal_entities.legal_entity_code

)

select * from dated
