-- One row per event; the first event of a write-off counts.
-- Receivables that were given up, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'invoice.written_off'

),

currencies as (

    select * from {{ ref('currencies') }}

),

documents as (

    {{ staged_documents(
        'write_off_id',
        fields={
            'invoice_id': 'varchar',
            'write_off_date': 'date',
            'reason': 'varchar',
            'service_stopped': 'boolean',
        },
        amounts={'amount_minor': 'amount'},
    ) }}

)

select * from documents
