-- One row per overlap of a recognition step with a billing layer of its track. Billed first: the
-- step releases deferred revenue. Recognised first: the invoice clears the unbilled receivable.
-- Functional amounts follow the layer by its finer position, so they are rounded once.
with

steps as (

    -- A step of no minor unit matches nothing; its fraction goes to the step after it. Where there
    -- is nothing to convert, the position is the one in minor units.
    select
        *,
        case
            when currency = functional_currency then {{ wide('matched_to') }} * 10000 else fine_to
        end as position_to,
        case
            when currency = functional_currency then {{ wide('matched_from') }} * 10000
            else coalesce(lag(fine_to) over (
                partition by track_key order by matched_to, recognition_step_id
            ), 0)
        end as position_from
    from {{ ref('int_recognition_steps') }}
    where step_minor > 0

),

layers as (

    select * from {{ ref('int_billing_layers') }}

),

overlapping as (

    select
        steps.recognition_step_id,
        layers.invoice_id,
        layers.invoice_line_id,
        steps.track_key,
        steps.product_code as step_product_code,
        layers.product_code as layer_product_code,
        layers.invoice_date,
        layers.invoice_date <= steps.step_end_date as is_billed_first,
        layers.rate_id as layer_rate_id,
        steps.rate_id as step_rate_id,
        steps.step_minor,
        steps.functional_minor as step_functional_minor,
        layers.net_minor,
        layers.functional_net_minor,
        greatest(steps.matched_from, layers.layer_from) - steps.matched_from as step_from,
        least(steps.matched_to, layers.layer_to) - steps.matched_from as step_to,
        case
            when steps.matched_from <= layers.layer_from then 0
            else least(
                greatest(steps.position_from - {{ wide('layers.layer_from') }} * 10000, 0),
                {{ wide('layers.layer_minor') }} * 10000
            )
        end as layer_fine_from,
        case
            when steps.matched_to >= layers.layer_to then {{ wide('layers.layer_minor') }} * 10000
            else least(
                greatest(steps.position_to - {{ wide('layers.layer_from') }} * 10000, 0),
                {{ wide('layers.layer_minor') }} * 10000
            )
        end as layer_fine_to
    from steps
    inner join layers
        on
            steps.track_key = layers.track_key
            and steps.matched_from < layers.layer_to
            and steps.matched_to > layers.layer_from
    where layers.layer_minor > 0

),

matches as (

    select
        recognition_step_id,
        invoice_id,
        invoice_line_id,
        track_key,
        step_product_code,
        layer_product_code,
        invoice_date,
        is_billed_first,
        layer_rate_id,
        step_rate_id,
        step_from,
        step_to,
        step_minor,
        step_functional_minor as whole_step_functional_minor,
        layer_fine_from,
        layer_fine_to,
        net_minor,
        functional_net_minor,
        step_to - step_from as amount_minor,
        {{ share_between(
            'functional_net_minor',
            'layer_fine_from',
            'layer_fine_to',
            wide('net_minor') ~ ' * 10000',
        ) }} as layer_functional_minor,
        {{ share_between('step_functional_minor', 'step_from', 'step_to', 'step_minor') }}
            as step_functional_minor
    from overlapping

)

select * from matches
