-- One row per account role that an invoice line touches. Billing clears what was recognised first
-- at its carrying amount; the rest is deferred; the receivable carries the invoice's rate.
with

layers as (

    select * from {{ ref('int_billing_layers') }}

),

matches as (

    select * from {{ ref('int_recognition_matches') }} where not is_billed_first

),

cleared as (

    select
        invoice_id,
        invoice_line_id,
        step_product_code,
        step_rate_id,
        cast(sum(amount_minor) as bigint) as amount_minor,
        {{ sum_or_unknown('step_functional_minor') }} as functional_amount_minor,
        {{ sum_or_unknown('layer_functional_minor') }} as layer_functional_minor
    from matches
    group by invoice_id, invoice_line_id, step_product_code, step_rate_id

),

cleared_per_line as (

    select
        invoice_id,
        invoice_line_id,
        sum(amount_minor) as amount_minor,
        {{ sum_or_unknown('functional_amount_minor') }} as functional_amount_minor,
        {{ sum_or_unknown('layer_functional_minor') }} as layer_functional_minor
    from cleared
    group by invoice_id, invoice_line_id

),

split as (

    select
        layers.*,
        coalesce(cleared_per_line.amount_minor, 0) as cleared_minor,
        case
            when cleared_per_line.invoice_id is null then 0
            else cleared_per_line.functional_amount_minor
        end as functional_cleared_minor,
        case
            when cleared_per_line.invoice_id is null then 0
            else cleared_per_line.layer_functional_minor
        end as layer_cleared_minor
    from layers
    left join cleared_per_line
        on
            layers.invoice_id = cleared_per_line.invoice_id
            and layers.invoice_line_id = cleared_per_line.invoice_line_id

),

legs as (

    {{ entry_legs(
        'split',
        keys=['invoice_id', 'invoice_line_id', 'product_code', 'rate_id'],
        legs=[
            ("'accounts_receivable'", 'net_minor', 'functional_net_minor'),
            (
                "'deferred_revenue'",
                'cleared_minor - net_minor',
                'layer_cleared_minor - functional_net_minor',
            ),
            ("'fx_gain_loss'", 0, 'functional_cleared_minor - layer_cleared_minor'),
        ],
    ) }}
    union all
    {{ entry_legs(
        'cleared',
        keys=[
            'invoice_id',
            'invoice_line_id',
            'step_product_code as product_code',
            'step_rate_id as rate_id',
        ],
        legs=[("'unbilled_receivable'", '-amount_minor', '-functional_amount_minor')],
    ) }}

),

entries as (

    select
        layers.legal_entity_code,
        layers.contract_id,
        layers.customer_id,
        'invoice' as document_type,
        layers.invoice_id as document_id,
        layers.invoice_line_id as document_line_id,
        layers.contract_line_id,
        cast(null as varchar) as contract_version_id,
        legs.product_code,
        'billing' as entry_type,
        legs.account_role,
        layers.currency as transaction_currency,
        layers.invoice_date as effect_date,
        legs.amount_minor,
        legs.functional_amount_minor,
        cast(null as varchar) as price_version,
        legs.rate_id,
        cast(1 as bigint) as source_event_count,
        layers.correlation_id
    from legs
    inner join layers
        on
            legs.invoice_id = layers.invoice_id
            and legs.invoice_line_id = layers.invoice_line_id

)

select * from entries
