-- One row per link that leads to a usage charge: from a customer's day of usage, from the contract
-- version whose prices it has, and from the prepaid credit that pays for it, with its grant.
with

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

usage_by_charge as (

    select * from {{ ref('int_usage_by_charge') }} where usage_charge_id is not null

),

prepaid_credits as (

    select * from {{ ref('prepaid_credits') }}

),

prepaid_movements as (

    select * from {{ ref('prepaid_credit_movements') }} where usage_charge_id is not null

),

links as (

    select
        'contract_version' as from_type,
        contract_version_id as from_key,
        'usage_charge' as to_type,
        usage_charge_id as to_key
    from usage_charges

    union

    select
        'usage' as from_type,
        usage_key as from_key,
        'usage_charge' as to_type,
        usage_charge_id as to_key
    from usage_by_charge

    union

    select
        'event' as from_type,
        event_key as from_key,
        'prepaid_credit' as to_type,
        prepaid_credit_id as to_key
    from prepaid_credits

    union

    select
        'contract' as from_type,
        contract_id as from_key,
        'prepaid_credit' as to_type,
        prepaid_credit_id as to_key
    from prepaid_credits

    union

    select
        'prepaid_credit' as from_type,
        prepaid_credit_id as from_key,
        'usage_charge' as to_type,
        usage_charge_id as to_key
    from prepaid_movements

)

select * from links
