-- One row per accepted usage event: the charge it went into, or none while it is held or not due.
-- A view: it answers for single events, and no row per usage event is ever stored.
{{ config(materialized='view') }}
with

usage_events as (

    select * from {{ source('raw', 'usage') }}

),

usage_terms as (

    select * from {{ ref('int_usage_terms') }} where not is_ambiguous and not is_suspended

),

local_quarter_hours as (

    select * from {{ ref('int_local_quarter_hours') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

resolved as (

    select
        usage_events.source,
        usage_events.event_id,
        usage_events.subject,
        usage_events.meter_code,
        usage_events.occurred_at,
        usage_events.usage_day,
        usage_events.quantity,
        usage_events.landed_path,
        usage_events.landed_line,
        concat_ws(
            '|',
            usage_events.source,
            usage_events.subject,
            usage_events.meter_code,
            usage_events.usage_day
        ) as usage_key,
        usage_terms.contract_id,
        usage_terms.contract_version_id,
        usage_terms.contract_line_id,
        usage_charges.usage_charge_id
    from usage_events
    left join usage_terms
        on
            usage_events.source = usage_terms.source
            and usage_events.subject = usage_terms.source_customer_id
            and usage_events.meter_code = usage_terms.meter_code
            and usage_events.occurred_at >= usage_terms.from_at
            and usage_events.occurred_at < usage_terms.to_at
    left join local_quarter_hours
        on
            usage_terms.time_zone = local_quarter_hours.time_zone
            and {{ quarter_hour('usage_events.occurred_at') }} = local_quarter_hours.quarter_hour
    left join usage_charges
        on
            usage_terms.contract_line_id = usage_charges.contract_line_id
            and usage_terms.contract_version_id = usage_charges.contract_version_id
            and {{ accounting_period('local_quarter_hours.usage_date') }}
            = usage_charges.accounting_period
            and local_quarter_hours.usage_date between usage_charges.service_start_date
            and usage_charges.through_date

)

select * from resolved
