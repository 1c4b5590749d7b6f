-- One row per invoice line up to the cut-off: what it bills, at which rate, and its layer on its
-- track. A view: it answers for single lines when an amount is explained.
{{ config(materialized='view') }}
with

layers as (

    select * from {{ ref('int_billing_layers') }}

),

billed_lines as (

    select
        invoice_id,
        invoice_line_id,
        contract_id,
        contract_line_id,
        product_code,
        line_kind,
        service_start_date,
        service_end_date,
        invoice_date,
        legal_entity_code,
        currency,
        functional_currency,
        tax_code,
        rate_id,
        {{ amount_from_scaled(wide('rate_scaled') ~ ' * 1000000') }} as rate,
        net_minor,
        tax_minor,
        cast(position_minor as bigint) as position_minor,
        functional_net_minor,
        functional_tax_minor,
        cast(cut_minor as bigint) as cut_minor,
        layer_minor,
        event_key
    from layers

)

select * from billed_lines
