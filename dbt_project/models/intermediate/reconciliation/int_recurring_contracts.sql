-- One row per contract and month from its first to the one of the cut-off date: monthly recurring
-- revenue at the start and at the end of the month, and each kind of movement between them.
with

lines as (

    select * from {{ ref('int_recurring_lines') }}

),

summed as (

    select
        contract_id,
        accounting_period,
        cast(sum(previous_mrr_minor) as bigint) as opening_mrr_minor,
        cast(sum(mrr_minor) as bigint) as closing_mrr_minor,
        cast(sum(price_minor) as bigint) as price_effect_minor
    from lines
    group by contract_id, accounting_period

),

placed as (

    select
        *,
        closing_mrr_minor - opening_mrr_minor - price_effect_minor as volume_effect_minor,
        coalesce(max(closing_mrr_minor) over (
            partition by contract_id
            order by accounting_period
            rows between unbounded preceding and 1 preceding
        ), 0) > 0 as was_recurring_before,
        opening_mrr_minor > 0 and closing_mrr_minor > 0 as is_kept
    from summed

),

moved as (

    select
        contract_id,
        accounting_period,
        opening_mrr_minor,
        case
            when opening_mrr_minor = 0 and not was_recurring_before then closing_mrr_minor else 0
        end as new_minor,
        case
            when opening_mrr_minor = 0 and was_recurring_before then closing_mrr_minor else 0
        end as reactivation_minor,
        case when is_kept then greatest(volume_effect_minor, 0) else 0 end as expansion_minor,
        case when is_kept then price_effect_minor else 0 end as price_minor,
        case when is_kept then least(volume_effect_minor, 0) else 0 end as contraction_minor,
        case when closing_mrr_minor = 0 then -opening_mrr_minor else 0 end as churn_minor,
        closing_mrr_minor
    from placed

)

select * from moved
