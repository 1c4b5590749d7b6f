-- One row per grant of prepaid credit that does not count: of an unknown contract, in another
-- currency, after the service of its contract, or a second one of its number that says otherwise.
with

grants as (

    select * from {{ ref('int_prepaid_grants_judged') }} where outcome <> 'applied'

),

standing as (

    select * from {{ ref('int_prepaid_grants_judged') }} where is_first

),

events as (

    select * from {{ source('raw', 'events') }}

),

refused as (

    select
        'claim' as subject_type,
        'grant:' || grants.event_key as subject_key,
        'Grant ' || grants.grant_id || ' of prepaid credit for contract ' || grants.contract_id
            as grant_text,
        grants.outcome,
        grants.legal_entity_code,
        grants.currency,
        grants.contract_currency,
        grants.effective_date,
        grants.service_end_date,
        grants.price_minor,
        standing_events.event_id as standing_event_id
    from grants
    left join standing on grants.grant_id = standing.grant_id
    left join events on grants.event_key = events.event_key
    left join events as standing_events on standing.event_key = standing_events.event_key
    where grants.outcome <> 'repeated' or events.data <> standing_events.data

),

findings as (

    select
        {{ finding(
            control_code="'PREPAID_CREDIT'",
            is_passed='false',
            exception_code="'PREPAID_CREDIT_REFUSED'",
            sentence="case outcome"
            " when 'contract_unknown' then grant_text || ' pays for nothing: nobody announced the '"
            " || 'contract.'"
            " when 'currency_differs' then grant_text || ' is in ' || currency"
            " || ', and the contract is in ' || contract_currency || '.'"
            " when 'outside_service' then grant_text || ' begins on '"
            " || cast(effective_date as varchar) || ', and service ends on '"
            " || cast(service_end_date as varchar) || '.'"
            " else grant_text || ' says something else than event ' || standing_event_id"
            " || ', which stands.' end",
            amount_minor='coalesce(price_minor, 0)',
            currency='currency',
        ) }}
    from refused

)

select * from findings
