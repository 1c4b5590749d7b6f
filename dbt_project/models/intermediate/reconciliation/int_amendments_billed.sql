-- One row per modification that changes a price: when it could be billed, and when the first fixed
-- invoice line or correcting credit of its contract came after it.
with

contract_modifications as (

    select * from {{ ref('contract_modifications') }} where price_delta_minor <> 0

),

contracts as (

    select * from {{ ref('contracts') }}

),

events as (

    select * from {{ source('raw', 'events') }}

),

documents_posted as (

    select * from {{ ref('int_documents_posted') }}

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

credit_lines as (

    select * from {{ ref('stg_events__credit_lines') }} where basis = 'modification'

),

bills as (

    select
        invoice_lines.contract_id,
        documents_posted.received_at
    from invoice_lines
    inner join documents_posted on invoice_lines.event_key = documents_posted.event_key
    where invoice_lines.line_kind = 'fixed'
    union
    select
        invoice_lines.contract_id,
        documents_posted.received_at
    from credit_lines
    inner join documents_posted on credit_lines.event_key = documents_posted.event_key
    inner join invoice_lines
        on
            credit_lines.invoice_id = invoice_lines.invoice_id
            and credit_lines.invoice_line_id = invoice_lines.invoice_line_id

),

amended as (

    select
        contract_modifications.event_key,
        contract_modifications.contract_id,
        contracts.legal_entity_code,
        coalesce(events.received_at, events.occurred_at) as announced_at,
        greatest(
            coalesce(events.received_at, events.occurred_at),
            cast(contract_modifications.effective_date as timestamp)
        ) as started_at
    from contract_modifications
    inner join events on contract_modifications.event_key = events.event_key
    inner join contracts on contract_modifications.contract_id = contracts.contract_id

),

final as (

    select
        amended.event_key,
        amended.legal_entity_code,
        amended.started_at,
        min(bills.received_at) as ended_at
    from amended
    left join bills
        on
            amended.contract_id = bills.contract_id
            and amended.announced_at <= bills.received_at
    group by amended.event_key, amended.legal_entity_code, amended.started_at

)

select * from final
