-- One row per source, its customer id, meter, UTC day, local day and contract line met.
-- The one pass over all usage: what has no contract line stays, with empty contract columns.
with

raw_usage as (

    select * from {{ source('raw', 'usage') }}

),

usage_terms as (

    select * from {{ ref('int_usage_terms') }}

),

local_quarter_hours as (

    select * from {{ ref('int_local_quarter_hours') }}

),

matched as (

    select
        raw_usage.source,
        raw_usage.subject,
        raw_usage.meter_code,
        raw_usage.usage_day,
        usage_terms.contract_version_line_id,
        usage_terms.is_ambiguous,
        usage_terms.is_suspended,
        local_quarter_hours.usage_date,
        cast(sum(raw_usage.quantity) as decimal(28, 6)) as quantity,
        count(*) as event_count
    from raw_usage
    left join usage_terms
        on
            raw_usage.source = usage_terms.source
            and raw_usage.subject = usage_terms.source_customer_id
            and raw_usage.meter_code = usage_terms.meter_code
            and raw_usage.occurred_at >= usage_terms.from_at
            and raw_usage.occurred_at < usage_terms.to_at
    left join local_quarter_hours
        on
            usage_terms.time_zone = local_quarter_hours.time_zone
            and {{ quarter_hour('raw_usage.occurred_at') }} = local_quarter_hours.quarter_hour
    group by
        raw_usage.source,
        raw_usage.subject,
        raw_usage.meter_code,
        raw_usage.usage_day,
        usage_terms.contract_version_line_id,
        usage_terms.is_ambiguous,
        usage_terms.is_suspended,
        local_quarter_hours.usage_date

)

select * from matched
