-- One row per event; the first event of an invoice counts.
-- Invoices as finalized, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'invoice.finalized'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'invoice_id',
        fields={
            'invoice_date': 'date',
            'due_date': 'date',
        },
        amounts={'total_minor': 'total_amount', 'tax_total_minor': 'tax_amount'},
    ) }}

)

select * from documents
