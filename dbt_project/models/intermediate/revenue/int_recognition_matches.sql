-- One row per overlap of a recognition step with a billing layer of its track. Billed first: the
-- step releases deferred revenue. Recognised first: the invoice clears the unbilled receivable.
with

steps as (

    select * from {{ ref('int_recognition_steps') }}

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
        layers.invoice_date <= steps.step_end_date as is_billed_first,
        layers.rate_id as layer_rate_id,
        steps.rate_id as step_rate_id,
        steps.step_minor,
        steps.functional_minor as step_functional_minor,
        layers.net_minor,
        layers.functional_net_minor,
        greatest(steps.matched_from, layers.layer_from) - steps.matched_from as step_from,
        least(steps.matched_to, layers.layer_to) - steps.matched_from as step_to,
        greatest(steps.matched_from, layers.layer_from) - layers.layer_from as layer_from,
        least(steps.matched_to, layers.layer_to) - layers.layer_from as layer_to
    from steps
    inner join layers
        on
            steps.track_key = layers.track_key
            and steps.matched_from < layers.layer_to
            and layers.layer_from < steps.matched_to
    where steps.step_minor > 0 and layers.layer_minor > 0

),

matches as (

    select
        recognition_step_id,
        invoice_id,
        invoice_line_id,
        track_key,
        step_product_code,
        layer_product_code,
        is_billed_first,
        layer_rate_id,
        step_rate_id,
        step_to - step_from as amount_minor,
        {{ share_between('functional_net_minor', 'layer_from', 'layer_to', 'net_minor') }}
            as layer_functional_minor,
        {{ share_between('step_functional_minor', 'step_from', 'step_to', 'step_minor') }}
            as step_functional_minor
    from overlapping

)

select * from matches
