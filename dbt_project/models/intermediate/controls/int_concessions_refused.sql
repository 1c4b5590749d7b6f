-- One row per credit memo that concedes more than the company's limit without a request of support
-- that was approved and covers all that credit memos concede for it: by itself, or with what the
-- customer was conceded without one in the days before, when the company counts them together.
with

judged as (

    select * from {{ ref('int_concessions_judged') }}

),

cumulated as (

    -- What is above the limit by itself is held by itself, and counts for no other.
    select
        later.document_id,
        later.functional_minor + coalesce(sum(earlier.functional_minor), 0) as cumulated_minor
    from judged as later
    left join judged as earlier
        on
            later.customer_id = earlier.customer_id
            and later.legal_entity_code = earlier.legal_entity_code
            and (later.document_date, later.document_id)
            > (earlier.document_date, earlier.document_id)
            and later.period_days
            > {{ days_between('earlier.document_date', 'later.document_date') }}
            and not earlier.is_covered
            and earlier.functional_minor <= earlier.limit_minor
    group by later.document_id, later.functional_minor

),

refused as (

    select
        'credit:' || judged.document_id as credit_key,
        'it concedes ' || {{ amount_text(
            'judged.functional_minor', 'judged.functional_exponent', 'judged.functional_currency'
        ) }} || ' net, ' || case
            when judged.functional_minor > judged.limit_minor then ''
            else
                'customer ' || judged.customer_id || ' was conceded ' || {{ amount_text(
                    'cumulated.cumulated_minor', 'judged.functional_exponent',
                    'judged.functional_currency',
                ) }} || ' with it in ' || cast(judged.period_days as varchar) || ' days, '
        end || judged.legal_entity_code || ' allows ' || {{ amount_text(
            'judged.limit_minor', 'judged.functional_exponent', 'judged.functional_currency'
        ) }} || ' without an approved request of support, and ' || case
            when judged.request_id is null then 'it names none'
            when judged.known_request_id is null
                then 'request ' || judged.request_id || ' is not known'
            when judged.approved_by is null
                then 'nobody approved request ' || judged.request_id
            when judged.requested_currency <> judged.currency
                then 'request ' || judged.request_id || ' is in ' || judged.requested_currency
            else
                'request ' || judged.request_id || ' over ' || {{ amount_text(
                    'judged.requested_minor', 'judged.transaction_exponent',
                    'judged.requested_currency',
                ) }} || ' is to cover ' || {{ amount_text(
                    'judged.conceded_for_it_minor', 'judged.transaction_exponent',
                    'judged.requested_currency',
                ) }}
        end as refused_text
    from judged
    inner join cumulated on judged.document_id = cumulated.document_id
    where cumulated.cumulated_minor > judged.limit_minor and not judged.is_covered

)

select * from refused
