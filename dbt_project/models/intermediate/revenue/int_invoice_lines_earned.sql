-- One row per document that ends the claim of an invoice and line of that invoice: how much of the
-- line's layer had been earned before the document's day.
with

documents as (

    select * from {{ ref('int_documents') }}
    where document_type in ('void', 'write_off', 'dispute_lost')

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

cuts as (

    select
        invoice_id,
        invoice_line_id,
        sum(net_minor) as cut_minor
    from {{ ref('int_credit_lines_valued') }}
    where basis = 'modification'
    group by invoice_id, invoice_line_id

),

earnings as (

    select * from {{ ref('int_track_earnings') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

sized as (

    select
        invoice_lines.*,
        greatest(invoice_lines.net_minor - coalesce(cuts.cut_minor, 0), 0) as layer_minor
    from invoice_lines
    left join cuts
        on
            invoice_lines.invoice_id = cuts.invoice_id
            and invoice_lines.invoice_line_id = cuts.invoice_line_id

),

layers as (

    select
        *,
        sum(layer_minor) over (
            partition by track_key
            order by invoice_date, invoice_id, invoice_line_id
        ) - layer_minor as layer_from
    from sized

),

ended as (

    select
        documents.document_type,
        documents.document_id,
        documents.document_date,
        layers.invoice_id,
        layers.invoice_line_id,
        layers.contract_id,
        layers.layer_minor,
        layers.layer_from,
        coalesce(sum(earnings.amount_minor), 0) as earned_on_track_minor
    from documents
    inner join layers on documents.invoice_id = layers.invoice_id
    left join earnings
        on
            layers.track_key = earnings.track_key
            and documents.document_date > earnings.earned_through_date
    group by all

),

earned as (

    select
        ended.document_type,
        ended.document_id,
        ended.document_date,
        ended.invoice_id,
        ended.invoice_line_id,
        coalesce(contracts.service_end_date < ended.document_date, false) as is_service_over,
        cast(case
            when
                contracts.cancellation_policy = 'immediate_no_refund'
                and contracts.cancellation_date <= ended.document_date
                then ended.layer_minor
            else least(
                greatest(ended.earned_on_track_minor - ended.layer_from, 0), ended.layer_minor
            )
        end as bigint) as earned_minor
    from ended
    left join contracts on ended.contract_id = contracts.contract_id

)

select * from earned
