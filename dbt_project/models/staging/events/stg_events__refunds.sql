-- One row per event; the first event of a refund counts.
-- Money that went back to customers, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'refund.issued'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'refund_id',
        fields={
            'payment_id': 'varchar',
            'invoice_id': 'varchar',
            'credit_id': 'varchar',
            'refund_date': 'date',
        },
        amounts={'amount_minor': 'amount'},
    ) }}

)

select * from documents
