-- One row per event that creates a contract: an announcement of it, or the renewal of another one
-- that goes on under a new number.
with

subscriptions as (

    select * from {{ ref('stg_events__subscriptions_created') }}

),

renewals as (

    select * from {{ ref('stg_events__renewals') }} where contract_id <> previous_contract_id

),

created as (

    select
        event_key,
        source,
        contract_id,
        subscription_id,
        source_customer_id,
        legal_entity_code,
        currency,
        term_start_date,
        term_end_date,
        billing_frequency,
        billing_timing,
        quote_id,
        cast(null as varchar) as renewal_id,
        cast(null as varchar) as previous_contract_id,
        correlation_id,
        occurred_at,
        known_at
    from subscriptions
    union all
    select
        event_key,
        source,
        contract_id,
        contract_id as subscription_id,
        source_customer_id,
        legal_entity_code,
        currency,
        term_start_date,
        term_end_date,
        billing_frequency,
        billing_timing,
        quote_id,
        renewal_id,
        previous_contract_id,
        correlation_id,
        occurred_at,
        known_at
    from renewals

)

select * from created
