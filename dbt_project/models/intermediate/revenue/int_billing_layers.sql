-- One row per invoice line up to the cut-off. What modifications and write-offs left of it, and of
-- a voided line what was earned before, lies on its track as the layer [layer_from, layer_to), in
-- the order of billing.
with

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis = 'modification'

),

voided_lines as (

    select * from {{ ref('int_voided_lines_split') }}

),

write_off_lines as (

    select * from {{ ref('int_write_off_lines') }}

),

cuts as (

    select
        invoice_id,
        invoice_line_id,
        sum(net_minor) as cut_minor
    from (
        select
            invoice_id,
            invoice_line_id,
            net_minor
        from credit_lines
        union all
        select
            invoice_id,
            invoice_line_id,
            net_minor - earned_minor as net_minor
        from voided_lines
        union all
        select
            invoice_id,
            invoice_line_id,
            amount_minor as net_minor
        from write_off_lines
    ) as taken
    group by invoice_id, invoice_line_id

),

sized as (

    select
        invoice_lines.*,
        coalesce(cuts.cut_minor, 0) as cut_minor,
        cast(
            greatest(coalesce(invoice_lines.net_minor - coalesce(cuts.cut_minor, 0), 0), 0)
            as bigint
        ) as layer_minor
    from invoice_lines
    left join cuts
        on
            invoice_lines.invoice_id = cuts.invoice_id
            and invoice_lines.invoice_line_id = cuts.invoice_line_id

),

stacked as (

    select
        *,
        cast(sum(layer_minor) over (
            partition by track_key
            order by invoice_date, invoice_id, invoice_line_id
        ) as bigint) as layer_to
    from sized

),

layers as (

    select
        *,
        layer_to - layer_minor as layer_from
    from stacked

)

select * from layers
