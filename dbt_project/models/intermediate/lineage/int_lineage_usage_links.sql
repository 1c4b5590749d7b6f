-- One row per link that leads to a usage charge: from a customer's day of usage, and from the
-- contract version whose prices it has.
with

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

usage_by_charge as (

    select * from {{ ref('int_usage_by_charge') }} where usage_charge_id is not null

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

)

select * from links
