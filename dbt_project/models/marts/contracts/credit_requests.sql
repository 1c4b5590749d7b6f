-- One row per request of support for a credit, as its newest event says, with the concessions that
-- credit memos have made for it.
with

requests as (

    select * from {{ ref('stg_events__credit_requests') }} where is_newest

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

credits as (

    select * from {{ ref('stg_events__credits') }} where is_first

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}
    where document_type = 'credit' and basis = 'concession'

),

conceded as (

    select
        credits.request_id,
        cast(sum(credit_lines.net_minor) as bigint) as conceded_minor
    from credits
    inner join credit_lines on credits.event_key = credit_lines.event_key
    group by credits.request_id

),

final as (

    select
        requests.request_id,
        requests.ticket_id,
        requests.source,
        requests.source_customer_id,
        customers.customer_id,
        requests.contract_id,
        requests.invoice_id,
        requests.currency,
        requests.amount_minor,
        requests.reason,
        requests.approved_by,
        coalesce(conceded.conceded_minor, 0) as conceded_minor,
        requests.occurred_at as requested_at,
        requests.event_key,
        requests.correlation_id
    from requests
    left join customers
        on
            requests.source = customers.source
            and requests.source_customer_id = customers.source_customer_id
    left join conceded on requests.request_id = conceded.request_id

)

select * from final
