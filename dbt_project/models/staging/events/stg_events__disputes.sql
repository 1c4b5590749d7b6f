-- One row per event; the first event of a dispute counts.
-- Payments that were disputed, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'dispute.opened'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'dispute_id',
        fields={
            'payment_id': 'varchar',
            'invoice_id': 'varchar',
            'reason_code': 'varchar',
            'opened_date': 'date',
        },
        amounts={'amount_minor': 'amount', 'fee_minor': 'fee'},
    ) }}

)

select * from documents
