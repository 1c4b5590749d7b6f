-- One row per event; the first event of a payment counts.
-- Payments as received, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'payment.succeeded'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'payment_id',
        fields={
            'invoice_id': 'varchar',
            'paid_date': 'date',
        },
        amounts={'amount_minor': 'amount'},
    ) }}

)

select * from documents
