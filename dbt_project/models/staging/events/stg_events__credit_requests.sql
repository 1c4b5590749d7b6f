-- One row per event; the newest event of a request counts.
-- What support asks billing to give back, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'support.credit_requested'

),

currencies as (

    select * from {{ ref('currencies') }}

),

credit_requests as (

    {{ staged_statements(
        'request_id',
        fields={
            'ticket_id': 'ticket_id',
            'contract_id': 'contract_id',
            'invoice_id': 'invoice_id',
            'reason': 'reason',
            'approved_by': 'approved_by',
        },
        amounts={'amount_minor': 'amount'},
    ) }}

)

select * from credit_requests
