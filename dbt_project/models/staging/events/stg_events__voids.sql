-- One row per event; the first event of an invoice's void counts.
-- Invoices that were withdrawn, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'invoice.voided'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'invoice_id',
        fields={
            'void_date': 'date',
            'reason': 'varchar',
            'replacement_invoice_id': 'varchar',
        },
        amounts={},
    ) }}

)

select * from documents
