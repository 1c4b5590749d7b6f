-- One row per contract: the event that created it.
-- The declared owner's announcement stands; without one, the first anybody made. Its correlation id
-- is the one given with it, else the first that was given with another one, else it is named by the
-- contract: every later event falls back on it.
with

created as (

    select * from {{ ref('int_contracts_created') }}

),

owners as (

    select * from {{ ref('stg_reference__systems_of_record') }}
    where object = 'contract' and attribute = 'terms'

),

ranked as (

    select
        created.event_key,
        created.source,
        created.contract_id,
        created.subscription_id,
        created.source_customer_id,
        created.legal_entity_code,
        created.currency,
        created.term_start_date,
        created.term_end_date,
        created.billing_frequency,
        created.billing_timing,
        created.quote_id,
        created.renewal_id,
        created.previous_contract_id,
        created.occurred_at,
        created.known_at,
        coalesce(
            created.correlation_id,
            first_value(created.correlation_id) over (
                partition by created.contract_id
                order by
                    case when created.correlation_id is null then 1 else 0 end,
                    created.occurred_at,
                    created.event_key
            ),
            'contract:' || created.contract_id
        ) as correlation_id,
        owners.source as owner_source,
        coalesce(created.source = owners.source, true) as is_announced_by_owner
    from created
    left join owners on true
    qualify
        row_number() over (
            partition by created.contract_id
            order by
                case when created.source = owners.source then 0 else 1 end,
                created.occurred_at,
                created.event_key
        ) = 1

)

select * from ranked
