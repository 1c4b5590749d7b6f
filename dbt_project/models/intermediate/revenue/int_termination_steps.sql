-- One row per performance obligation of a contract ended without refund: what was billed and never
-- will be served is revenue on the day the service ended, by the unserved price of each obligation.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}
    where cancellation_policy = 'immediate_no_refund' and cancellation_date <= cutoff_date

),

layers as (

    select * from {{ ref('int_billing_layers') }}

),

steps as (

    select * from {{ ref('int_obligation_steps') }}

),

billed as (

    select
        track_key,
        sum(layer_minor) as billed_minor
    from layers
    group by track_key

),

recognized as (

    select
        obligations.contract_id,
        sum(steps.amount_minor) as recognized_minor
    from steps
    inner join obligations
        on steps.performance_obligation_id = obligations.performance_obligation_id
    group by obligations.contract_id

),

remainders as (

    select
        contracts.contract_id,
        contracts.cancellation_date as step_end_date,
        greatest(
            coalesce(billed.billed_minor, 0) - coalesce(recognized.recognized_minor, 0), 0
        ) as remainder_minor
    from contracts
    left join billed on contracts.track_key = billed.track_key
    left join recognized on contracts.contract_id = recognized.contract_id

),

weighted as (

    select
        obligations.performance_obligation_id,
        remainders.step_end_date,
        remainders.remainder_minor,
        greatest(obligations.transferred_minor, 0) + 1 as weight,
        sum(greatest(obligations.transferred_minor, 0) + 1) over (
            partition by obligations.contract_id
            order by obligations.performance_obligation_id
        ) as weight_to,
        sum(greatest(obligations.transferred_minor, 0) + 1) over (
            partition by obligations.contract_id
        ) as weight_total
    from obligations
    inner join remainders on obligations.contract_id = remainders.contract_id
    where obligations.is_last_version

),

amounts as (

    select
        performance_obligation_id,
        step_end_date,
        {{ share_between(
            'remainder_minor', 'weight_to - weight', 'weight_to', 'weight_total'
        ) }} as amount_minor
    from weighted

)

select * from amounts
