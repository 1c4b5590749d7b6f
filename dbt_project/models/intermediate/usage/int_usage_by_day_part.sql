-- One row per source, its customer id, meter and part of a UTC day. A part is one local day in
-- every time zone of the company: whatever contracts will say, all of it meets the same terms.
-- The one pass over usage events. A run reads what came since the last one and adds it; the
-- days of a customer that lost an event to a correction are added up anew.
-- depends_on: {{ source('ledger', 'batches') }} (days are compared with raw until they are sealed)
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    unique_key=['source', 'subject', 'meter_code', 'usage_day', 'part_start_at'],
    pre_hook=['{{ forget_usage_of_another_store() }}', '{{ forget_parts_of_corrected_usage() }}'],
) }}
with

manifest as (

    select * from {{ source('raw', 'manifest') }}

),

ingests as (

    select distinct
        manifest.manifest_number,
        manifest.entry_hash
    from manifest

),

corrected_usage as (

    select * from {{ source('raw', 'corrected_usage') }}

),

corrections_in_scope as (

    {{ corrections_in_scope('corrected_usage') }}

),

raw_usage as (

    {{ usage_in_scope('corrections_in_scope') }}

),

usage_that_counts as (

    {{ usage_that_counts('raw_usage', 'corrections_in_scope') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

usage_days as (

    select usage_day from raw_usage
    union distinct
    select usage_day from corrections_in_scope

),

local_quarter_hours as (

    {{ local_quarter_hours('usage_days', 'legal_entities') }}

),

day_parts as (

    {{ day_parts('local_quarter_hours') }}

),

added as (

    select
        usage_that_counts.source,
        usage_that_counts.subject,
        usage_that_counts.meter_code,
        usage_that_counts.usage_day,
        day_parts.part_start_at,
        sum(usage_that_counts.quantity) as quantity,
        count(*) as event_count,
        min(usage_that_counts.known_at) as first_known_at,
        max(usage_that_counts.manifest_number) as last_manifest_number
    from usage_that_counts
    inner join day_parts
        on {{ quarter_hour('usage_that_counts.occurred_at') }} = day_parts.quarter_hour
    group by
        usage_that_counts.source,
        usage_that_counts.subject,
        usage_that_counts.meter_code,
        usage_that_counts.usage_day,
        day_parts.part_start_at

),

with_earlier as (

    select * from added
    union all
    {{ parts_of_corrected_usage('corrections_in_scope', 'day_parts') }}
    {% if is_incremental() %}
        union all
        select
            earlier.source,
            earlier.subject,
            earlier.meter_code,
            earlier.usage_day,
            earlier.part_start_at,
            earlier.quantity,
            earlier.event_count,
            earlier.first_known_at,
            earlier.last_manifest_number
        from {{ this }} as earlier
        inner join added
            on
                earlier.source = added.source
                and earlier.subject = added.subject
                and earlier.meter_code = added.meter_code
                and earlier.usage_day = added.usage_day
                and earlier.part_start_at = added.part_start_at
        where not exists (
            select 1 from corrections_in_scope as scoped
            where {{ is_same_usage_day('scoped', 'earlier') }}
        )
    {% endif %}

),

summed as (

    select
        source,
        subject,
        meter_code,
        usage_day,
        part_start_at,
        cast(sum(quantity) as decimal(28, 6)) as quantity,
        cast(sum(event_count) as bigint) as event_count,
        min(first_known_at) as first_known_at,
        max(last_manifest_number) as last_manifest_number
    from with_earlier
    group by source, subject, meter_code, usage_day, part_start_at

),

final as (

    select
        summed.*,
        ingests.entry_hash as last_entry_hash,
        {{ company_time_zones('legal_entities') }} as time_zones,
        parameters.code_version
    from summed
    cross join parameters
    left join ingests on summed.last_manifest_number = ingests.manifest_number

)

select * from final
