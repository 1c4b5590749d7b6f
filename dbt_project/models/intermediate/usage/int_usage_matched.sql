-- One row per source, its customer id, meter, UTC day, local day and contract line met.
-- What has no contract line, or cannot be measured, stays with empty contract columns.
with

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }} where event_count > 0

),

usage_terms as (

    select * from {{ ref('int_usage_terms') }}

),

local_quarter_hours as (

    select * from {{ ref('int_local_quarter_hours') }}

),

matched as (

    select
        day_parts.source,
        day_parts.subject,
        day_parts.meter_code,
        day_parts.usage_day,
        day_parts.is_measurable,
        usage_terms.contract_version_line_id,
        usage_terms.is_ambiguous,
        usage_terms.is_suspended,
        local_quarter_hours.usage_date,
        cast(sum(day_parts.quantity) as decimal(28, 6)) as quantity,
        cast(sum(day_parts.event_count) as bigint) as event_count
    from day_parts
    left join usage_terms
        on
            day_parts.source = usage_terms.source
            and day_parts.subject = usage_terms.source_customer_id
            and day_parts.meter_code = usage_terms.meter_code
            and day_parts.part_start_at >= usage_terms.from_at
            and day_parts.part_start_at < usage_terms.to_at
            and day_parts.is_measurable
    left join local_quarter_hours
        on
            usage_terms.time_zone = local_quarter_hours.time_zone
            and {{ quarter_hour('day_parts.part_start_at') }} = local_quarter_hours.quarter_hour
    where day_parts.event_count > 0 or usage_terms.contract_version_line_id is not null
    group by
        day_parts.source,
        day_parts.subject,
        day_parts.meter_code,
        day_parts.usage_day,
        day_parts.is_measurable,
        usage_terms.contract_version_line_id,
        usage_terms.is_ambiguous,
        usage_terms.is_suspended,
        local_quarter_hours.usage_date

)

select * from matched
