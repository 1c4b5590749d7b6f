-- One row per accepted usage event: the charge it went into, or none while it is held or not due,
-- or because a correction says that it counts no more.
-- A view: it answers for single events, and no row per usage event is ever stored.
{{ config(materialized='view') }}
with

usage_events as (

    select * from {{ source('raw', 'usage') }}

),

meters as (

    select * from {{ ref('stg_reference__meters') }}

),

event_codes as (

    {{ codes_of_meters('meters') }}

),

metered as (

    {{ metered_usage('usage_events', 'event_codes') }}

),

corrected_usage as (

    select * from {{ source('raw', 'corrected_usage') }}

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

    {{ charges_of_usage_events('metered') }}

),

final as (

    select
        resolved.source,
        resolved.event_id,
        resolved.subject,
        resolved.meter_code,
        resolved.occurred_at,
        resolved.usage_day,
        resolved.quantity,
        resolved.landed_path,
        resolved.landed_line,
        concat_ws(
            '|', resolved.source, resolved.subject, resolved.meter_code, resolved.usage_day
        ) as usage_key,
        resolved.contract_id,
        resolved.contract_version_id,
        resolved.contract_line_id,
        case when corrected_usage.event_id is null then resolved.usage_charge_id end
            as usage_charge_id,
        case
            when corrected_usage.is_cancellation then 'cancelled'
            when corrected_usage.event_id is not null then 'superseded'
        end as correction,
        corrected_usage.correcting_event_id
    from resolved
    left join corrected_usage
        on
            resolved.source = corrected_usage.source
            and resolved.event_id = corrected_usage.event_id

)

select * from final
