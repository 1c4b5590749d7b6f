-- One row per account role that a recognition step touches: revenue, the deferred revenue it
-- releases at the rate of each invoice, and the unbilled receivable of the rest. What a void makes
-- unbilled again was revenue before: it comes back from deferred revenue, at the invoice's rate.
with

steps as (

    select * from {{ ref('int_recognition_steps') }}

),

matches as (

    select * from {{ ref('int_recognition_matches') }} where is_billed_first

),

released as (

    select
        recognition_step_id,
        layer_product_code,
        layer_rate_id,
        cast(sum(amount_minor) as bigint) as amount_minor,
        {{ sum_or_unknown('layer_functional_minor') }} as functional_amount_minor,
        {{ sum_or_unknown('step_functional_minor') }} as step_functional_minor
    from matches
    group by recognition_step_id, layer_product_code, layer_rate_id

),

released_per_step as (

    select
        recognition_step_id,
        sum(amount_minor) as amount_minor,
        {{ sum_or_unknown('functional_amount_minor') }} as functional_amount_minor,
        {{ sum_or_unknown('step_functional_minor') }} as step_functional_minor
    from released
    group by recognition_step_id

),

split as (

    select
        steps.*,
        cast(steps.amount_minor - coalesce(released_per_step.amount_minor, 0) as bigint)
            as unbilled_minor,
        cast(case
            when steps.amount_minor = coalesce(released_per_step.amount_minor, 0) then 0
            when released_per_step.recognition_step_id is null then steps.functional_minor
            else steps.functional_minor - released_per_step.step_functional_minor
        end as bigint) as functional_unbilled_minor,
        case
            when released_per_step.recognition_step_id is null then 0
            else released_per_step.functional_amount_minor
        end as functional_released_minor
    from steps
    left join released_per_step
        on steps.recognition_step_id = released_per_step.recognition_step_id

),

legs as (

    select
        recognition_step_id,
        case when document_type is null then 'revenue' else 'deferred_revenue' end as account_role,
        product_code,
        -amount_minor as amount_minor,
        case
            when document_type is null
                then -(functional_released_minor + functional_unbilled_minor)
            else -functional_minor
        end as functional_amount_minor,
        rate_id
    from split
    union all
    select
        recognition_step_id,
        'fx_gain_loss' as account_role,
        product_code,
        cast(0 as bigint) as amount_minor,
        functional_minor
        - (functional_released_minor + functional_unbilled_minor) as functional_amount_minor,
        rate_id
    from split
    where document_type is not null
    union all
    select
        recognition_step_id,
        'unbilled_receivable' as account_role,
        product_code,
        unbilled_minor as amount_minor,
        functional_unbilled_minor as functional_amount_minor,
        rate_id
    from split
    union all
    select
        recognition_step_id,
        'deferred_revenue' as account_role,
        layer_product_code as product_code,
        amount_minor,
        functional_amount_minor,
        layer_rate_id as rate_id
    from released

),

entries as (

    select
        steps.legal_entity_code,
        steps.contract_id,
        steps.customer_id,
        steps.document_type,
        steps.document_id,
        steps.document_line_id,
        steps.contract_line_id,
        steps.contract_version_id,
        legs.product_code,
        steps.entry_type,
        legs.account_role,
        steps.currency as transaction_currency,
        steps.step_end_date as effect_date,
        legs.amount_minor,
        legs.functional_amount_minor,
        steps.price_version,
        legs.rate_id,
        steps.source_event_count,
        steps.correlation_id
    from legs
    inner join steps on legs.recognition_step_id = steps.recognition_step_id

)

select * from entries
