-- One row per document and event that announces it: an invoice or what follows one, an adjustment
-- or a reversal. All kinds have one shape; the first event of a document counts. A payment that
-- failed is a document when it had been received before; a void says no amount, so its total is
-- what credits left of the invoice, and a verdict decides all of its dispute.
{% set documents = {
    'invoice': {'date': 'invoice_date', 'total': 'total_minor', 'tax': 'tax_total_minor'},
    'credit': {'date': 'credit_date', 'total': 'total_minor', 'tax': 'tax_total_minor'},
    'payment': {'date': 'paid_date'},
    'payment_failure': {'date': 'failed_date', 'payment_id': 'payment_id'},
    'refund': {'date': 'refund_date', 'payment_id': 'payment_id'},
    'write_off': {'date': 'write_off_date'},
    'dispute': {'date': 'opened_date', 'payment_id': 'payment_id'},
    'dispute_verdict': {
        'from': 'decided', 'type': "'dispute_' || verdict", 'id': 'dispute_id',
        'date': 'verdict_date', 'payment_id': 'payment_id',
    },
    'void': {'id': 'invoice_id', 'date': 'void_date', 'total': 'cast(null as bigint)'},
} %}
with

{% for document_type in documents %}
    {{ document_type }}s as (

        select * from {{ ref('stg_events__' ~ document_type ~ 's') }}

    ),
{% endfor %}

voided as (

    select
        voids.event_key,
        invoices.total_minor - coalesce(sum(credits.total_minor), 0) as total_minor
    from voids
    inner join invoices on voids.invoice_id = invoices.invoice_id and invoices.is_first
    left join credits
        on
            voids.invoice_id = credits.invoice_id
            and credits.is_first
            and voids.void_date >= credits.credit_date
    group by voids.event_key, invoices.total_minor

),

decided as (

    select
        dispute_verdicts.*,
        disputes.invoice_id,
        disputes.payment_id,
        disputes.opened_date,
        disputes.amount_minor
    from dispute_verdicts
    left join disputes
        on dispute_verdicts.dispute_id = disputes.dispute_id and disputes.is_first

),

adjustments as (

    select * from {{ ref('adjustments') }}

),

unioned as (

    {% for document_type, document in documents.items() %}
        select
            {{ document.type or "'" ~ document_type ~ "'" }} as document_type,
            {{ document.id or document_type ~ '_id' }} as document_id,
            invoice_id,
            {{ document.payment_id or 'cast(null as varchar)' }} as payment_id,
            event_key,
            source,
            source_customer_id,
            legal_entity_code,
            currency,
            {{ document.date }} as document_date,
            {{ document.total or 'amount_minor' }} as total_minor,
            {{ document.tax or 'cast(0 as bigint)' }} as tax_total_minor,
            correlation_id,
            known_at,
            is_first,
            case when not is_first then 'DUPLICATE_DOCUMENT' end as refusal_code
        from {{ document.from or document_type ~ 's' }}
        union all
    {% endfor %}
    select
        document_type,
        document_id,
        cast(null as varchar) as invoice_id,
        cast(null as varchar) as payment_id,
        event_key,
        source,
        cast(null as varchar) as source_customer_id,
        legal_entity_code,
        currency,
        effective_date as document_date,
        total_minor,
        cast(0 as bigint) as tax_total_minor,
        correlation_id,
        known_at,
        refusal_code is null as is_first,
        refusal_code
    from adjustments

),

referred as (

    select
        unioned.document_type,
        unioned.document_id,
        coalesce(unioned.invoice_id, payments.invoice_id) as invoice_id,
        unioned.payment_id,
        unioned.event_key,
        unioned.source,
        unioned.source_customer_id,
        unioned.legal_entity_code,
        unioned.currency,
        unioned.document_date,
        coalesce(unioned.total_minor, cast(voided.total_minor as bigint)) as total_minor,
        unioned.tax_total_minor,
        unioned.correlation_id,
        unioned.known_at,
        unioned.is_first,
        unioned.refusal_code,
        case unioned.document_type
            when 'payment_failure' then payments.paid_date
            when 'dispute_lost' then coalesce(decided.opened_date, unioned.document_date)
            else unioned.document_date
        end as rate_date
    from unioned
    left join payments on unioned.payment_id = payments.payment_id and payments.is_first
    left join decided on unioned.event_key = decided.event_key
    left join voided on unioned.event_key = voided.event_key
    where
        unioned.document_type <> 'payment_failure'
        or payments.paid_date <= unioned.document_date

)

select * from referred
