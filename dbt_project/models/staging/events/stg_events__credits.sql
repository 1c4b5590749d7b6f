-- One row per event; the first event of a credit memo counts.
-- Credit memos as issued, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'credit.issued'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'credit_id',
        fields={
            'invoice_id': 'varchar',
            'credit_date': 'date',
            'request_id': 'varchar',
        },
        amounts={'total_minor': 'total_amount', 'tax_total_minor': 'tax_amount'},
    ) }}

)

select * from documents
