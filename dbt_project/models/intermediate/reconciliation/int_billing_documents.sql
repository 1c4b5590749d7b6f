-- One row per document and event that announces it: an invoice or what follows one with what it
-- adds to what the customer owes, as a whole and by its lines; a dispute or its verdict with what
-- it adds to what the card network owes; an adjustment or a reversal with what it moves. The first
-- event of a document counts; the others repeat or contradict it.
with

documents as (

    select
        *,
        case
            when document_type in ('invoice', 'payment_failure', 'refund', 'dispute')
                then total_minor
            else -total_minor
        end as claim_minor
    from {{ ref('int_documents_unioned') }}

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
        claim_minor
    from documents
    where document_type not in ('invoice', 'credit', 'adjustment', 'reversal')

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

dated as (

    select
        documents.event_key,
        documents.document_type,
        documents.document_id,
        documents.invoice_id,
        documents.payment_id,
        documents.legal_entity_code,
        documents.currency,
        documents.document_date,
        documents.claim_minor,
        line_sums.lines_minor,
        documents.is_first,
        documents.refusal_code,
        documents.known_at,
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
