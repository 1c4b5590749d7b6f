-- The tiers of a usage charge add up to its rated amount and its steps to its adjustment amount; a
-- charge without tiers is free or unknown.
{{ config(meta={'dagster': {'ref': {'name': 'usage_charge_tiers'}}}) }}
with

tiers as (

    select
        usage_charge_id,
        sum(amount) as amount
    from {{ ref('usage_charge_tiers') }}
    group by usage_charge_id

),

steps as (

    select
        usage_charge_id,
        sum(cast(amount as decimal(38, 12))) as amount
    from {{ ref('usage_charge_adjustments') }}
    group by usage_charge_id

),

compared as (

    select
        usage_charges.usage_charge_id,
        usage_charges.charge_amount,
        tiers.amount as tiers_amount,
        steps.amount as steps_amount
    from {{ ref('usage_charges') }} as usage_charges
    left join tiers on usage_charges.usage_charge_id = tiers.usage_charge_id
    left join steps on usage_charges.usage_charge_id = steps.usage_charge_id
    where
        usage_charges.price_found
        and (
            usage_charges.rated_amount <> coalesce(tiers.amount, 0)
            or usage_charges.adjustment_amount <> coalesce(steps.amount, 0)
        )

)

select * from compared
