-- One row per event that announces a document: an invoice, a credit or a payment. All kinds have
-- one shape; the first event of a document counts.
{% set documents = {
    'invoice': {
        'model': 'stg_events__invoices', 'date': 'invoice_date',
        'total': 'total_minor', 'tax': 'tax_total_minor',
    },
    'credit': {
        'model': 'stg_events__credits', 'date': 'credit_date',
        'total': 'total_minor', 'tax': 'tax_total_minor',
    },
    'payment': {
        'model': 'stg_events__payments', 'date': 'paid_date',
        'total': 'amount_minor', 'tax': 'cast(0 as bigint)',
    },
} %}
with

{% for document_type, document in documents.items() %}
    {{ document_type }}s as (

        select * from {{ ref(document.model) }}

    ),
{% endfor %}

unioned as (

    {% for document_type, document in documents.items() %}
        select
            '{{ document_type }}' as document_type,
            {{ document_type }}_id as document_id,
            invoice_id,
            event_key,
            source,
            source_customer_id,
            legal_entity_code,
            currency,
            {{ document.date }} as document_date,
            {{ document.total }} as total_minor,
            {{ document.tax }} as tax_total_minor,
            correlation_id,
            known_at,
            is_first
        from {{ document_type }}s
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from unioned
