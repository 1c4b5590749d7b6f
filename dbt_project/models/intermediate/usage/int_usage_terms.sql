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

covering as (

    -- A suspended line takes usage only where no other line does.
    select
        spans.from_at,
        spans.to_at,
        usage_lines.*
    from spans
    inner join usage_lines
        on
            spans.customer_id = usage_lines.customer_id
            and spans.meter_code = usage_lines.meter_code
            and spans.from_at >= usage_lines.valid_from_at
            and spans.from_at < usage_lines.valid_to_at
    where spans.to_at is not null
    qualify
        not usage_lines.is_suspended
        or not {{ any_true('not usage_lines.is_suspended') }} over (
            partition by spans.customer_id, spans.meter_code, spans.from_at
        )

),

covered as (

    select
        customer_id,
        meter_code,
        from_at,
        to_at,
        count(*) as line_count,
        min(contract_version_line_id) as contract_version_line_id,
        min(contract_version_id) as contract_version_id,
        min(contract_id) as contract_id,
        min(contract_line_id) as contract_line_id,
        min(price_id) as price_id,
        min(time_zone) as time_zone,
        {{ any_true('is_suspended') }} as is_suspended
    from covering
    group by customer_id, meter_code, from_at, to_at

),

usage_terms as (

    select
        customers.source,
        customers.source_customer_id,
        covered.*,
        covered.line_count > 1 and not covered.is_suspended as is_ambiguous
    from covered
    inner join customers on covered.customer_id = customers.customer_id

)

select * from usage_terms
