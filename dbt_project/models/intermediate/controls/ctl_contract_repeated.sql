-- One row per later announcement of a contract by the system whose earlier one stands, when it
-- says something else: terms change by amendment, so nothing of it counts.
with

created as (

    select * from {{ ref('int_contracts_created') }}

),

announced as (

    select * from {{ ref('int_contracts_announced') }}

),

events as (

    select * from {{ source('raw', 'events') }}

),

repeated as (

    select
        'claim' as subject_type,
        'contract:' || created.contract_id || ':' || created.event_key as subject_key,
        created.contract_id,
        created.source,
        created.legal_entity_code,
        announced.currency,
        later.event_id as later_event_id,
        standing.event_id as standing_event_id
    from created
    inner join announced
        on created.contract_id = announced.contract_id and created.source = announced.source
    inner join events as later on created.event_key = later.event_key
    inner join events as standing on announced.event_key = standing.event_key
    where created.event_key <> announced.event_key and later.data <> standing.data

),

findings as (

    select
        {{ finding(
            control_code="'CONTRACT_REPEATED'",
            is_passed='false',
            exception_code="'CONTRACT_REPEATED'",
            sentence="'Contract ' || contract_id || ' was announced again by ' || source"
            " || ' with other terms (event ' || later_event_id || '); those of event '"
            " || standing_event_id || ' stand.'",
            amount_minor='0',
            currency='currency',
        ) }}
    from repeated

)

select * from findings
