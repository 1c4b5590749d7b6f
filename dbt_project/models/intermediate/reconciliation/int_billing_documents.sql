-- One row per event that announces an invoice, a credit or a payment: what it adds to what the
-- customer owes, as a whole and by its lines. The first event of a document counts; the others only
-- repeat or contradict it.
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

lines as (

    select
        event_key,
        net_minor + tax_minor as claim_minor
    from {{ ref('stg_events__invoice_lines') }}
    union all
    select
        event_key,
        -(net_minor + tax_minor) as claim_minor
    from {{ ref('stg_events__credit_lines') }}
    union all
    select
        event_key,
        -amount_minor as claim_minor
    from payments

),

line_sums as (

    select
        event_key,
        {{ sum_or_unknown('claim_minor') }} as lines_minor
    from lines
    group by event_key

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
        line_sums.lines_minor,
        documents.document_type || ':' || documents.document_id as subject_key,
        documents.document_date
        <= coalesce(
            legal_entities.cutoff_date, {{ add_days('cast(parameters.as_of as date)', -1) }}
        ) as is_due
    from documents
    cross join parameters
    left join line_sums on documents.event_key = line_sums.event_key
    left join legal_entities
        on documents.legal_entity_code = legal_entities.legal_entity_code

)

select * from dated
