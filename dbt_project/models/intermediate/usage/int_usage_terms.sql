-- One row per source, its customer id, meter and span of instants: which contract line applies.
-- Spans do not overlap, so a usage event meets at most one of them.
with

usage_lines as (

    select * from {{ ref('int_usage_lines') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

boundaries as (

    select
        usage_lines.customer_id,
        usage_lines.meter_code,
        usage_lines.valid_from_at as boundary_at
    from usage_lines
    union distinct
    select
        usage_lines.customer_id,
        usage_lines.meter_code,
        usage_lines.valid_to_at as boundary_at
    from usage_lines

),

spans as (

    select
        boundaries.customer_id,
        boundaries.meter_code,
        boundaries.boundary_at as from_at,
        lead(boundaries.boundary_at) over (
            partition by boundaries.customer_id, boundaries.meter_code
            order by boundaries.boundary_at
        ) as to_at
    from boundaries

),

covered as (

    select
        spans.customer_id,
        spans.meter_code,
        spans.from_at,
        spans.to_at,
        count(*) as line_count,
        min(usage_lines.contract_version_line_id) as contract_version_line_id,
        min(usage_lines.contract_version_id) as contract_version_id,
        min(usage_lines.contract_id) as contract_id,
        min(usage_lines.contract_line_id) as contract_line_id,
        min(usage_lines.price_id) as price_id,
        min(usage_lines.time_zone) as time_zone
    from spans
    inner join usage_lines
        on
            spans.customer_id = usage_lines.customer_id
            and spans.meter_code = usage_lines.meter_code
            and spans.from_at >= usage_lines.valid_from_at
            and spans.from_at < usage_lines.valid_to_at
    where spans.to_at is not null
    group by spans.customer_id, spans.meter_code, spans.from_at, spans.to_at

),

usage_terms as (

    select
        customers.source,
        customers.source_customer_id,
        covered.*,
        covered.line_count > 1 as is_ambiguous
    from covered
    inner join customers on covered.customer_id = customers.customer_id

)

select * from usage_terms
