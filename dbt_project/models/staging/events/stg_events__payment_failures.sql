-- One row per event; the first event of a payment's failure on a day counts.
-- Payments that did not come or were taken back, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'payment.failed'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'payment_failure_id',
        fields={
            'payment_id': 'varchar',
            'invoice_id': 'varchar',
            'failed_date': 'date',
            'reason': 'varchar',
        },
        amounts={'amount_minor': 'amount'},
        named_by=['payment_id', 'failed_date'],
    ) }}

)

select * from documents
