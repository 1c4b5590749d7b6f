-- One row per credit memo that concedes more than the company's limit without a request of support
-- that was approved and covers all that credit memos concede for it.
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

conceded as (

    select
        documents.document_id,
        documents.functional_currency,
        documents.functional_exponent,
        documents.transaction_exponent,
        documents.currency,
        documents.legal_entity_code,
        credits.request_id,
        limits.policy_value as limit_minor,
        cast({{ sum_or_unknown('credit_lines.functional_net_minor') }} as bigint)
            as functional_minor
    from documents
    inner join credits on documents.event_key = credits.event_key
    inner join credit_lines on documents.event_key = credit_lines.event_key
    inner join limits on documents.document_id = limits.document_id
    group by all

),

refused as (

    select
        'credit:' || conceded.document_id as credit_key,
        'it concedes ' || {{ amount_text(
            'conceded.functional_minor', 'conceded.functional_exponent',
            'conceded.functional_currency',
        ) }} || ' net, ' || conceded.legal_entity_code || ' allows ' || {{ amount_text(
            'conceded.limit_minor', 'conceded.functional_exponent', 'conceded.functional_currency'
        ) }} || ' without an approved request of support, and ' || case
            when conceded.request_id is null then 'it names none'
            when requests.request_id is null
                then 'request ' || conceded.request_id || ' is not known'
            when requests.approved_by is null
                then 'nobody approved request ' || conceded.request_id
            when requests.currency <> conceded.currency
                then 'request ' || conceded.request_id || ' is in ' || requests.currency
            else
                'request ' || conceded.request_id || ' over ' || {{ amount_text(
                    'requests.amount_minor', 'conceded.transaction_exponent', 'requests.currency'
                ) }} || ' is to cover ' || {{ amount_text(
                    'requests.conceded_minor', 'conceded.transaction_exponent', 'requests.currency'
                ) }}
        end as refused_text
    from conceded
    left join requests on conceded.request_id = requests.request_id
    where
        conceded.functional_minor > conceded.limit_minor
        and not coalesce(
            requests.approved_by is not null
            and requests.currency = conceded.currency
            and requests.conceded_minor <= requests.amount_minor,
            false
        )

)

select * from refused
