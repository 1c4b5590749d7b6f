-- One row per credit memo that concedes something, where the company has a limit: what it concedes,
-- and whether an approved request of support covers it and all else conceded for that request.
with

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'credit'

),

credits as (

    select * from {{ ref('stg_events__credits') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis = 'concession'

),

requests as (

    select * from {{ ref('credit_requests') }}

),

policies as (

    select * from {{ ref('stg_reference__policies') }}

),

limits as (

    {{ document_policy('concession_limit_minor') }}

),

periods as (

    {{ document_policy('concession_period_days') }}

),

conceded as (

    select
        documents.document_id,
        documents.document_date,
        documents.customer_id,
        documents.functional_currency,
        documents.functional_exponent,
        documents.transaction_exponent,
        documents.currency,
        documents.legal_entity_code,
        credits.request_id,
        limits.policy_value as limit_minor,
        periods.policy_value as period_days,
        cast({{ sum_or_unknown('credit_lines.functional_net_minor') }} as bigint)
            as functional_minor
    from documents
    inner join credits on documents.event_key = credits.event_key
    inner join credit_lines on documents.event_key = credit_lines.event_key
    inner join limits on documents.document_id = limits.document_id
    left join periods on documents.document_id = periods.document_id
    group by all

),

judged as (

    select
        conceded.*,
        requests.request_id as known_request_id,
        requests.approved_by,
        requests.currency as requested_currency,
        requests.amount_minor as requested_minor,
        requests.conceded_minor as conceded_for_it_minor,
        coalesce(
            requests.approved_by is not null
            and requests.currency = conceded.currency
            and requests.conceded_minor <= requests.amount_minor,
            false
        ) as is_covered
    from conceded
    left join requests on conceded.request_id = requests.request_id

)

select * from judged
