-- One row per source, its customer id, meter and part of a UTC day, and per what the meter tells
-- apart. A part is one local day in every time zone of the company, or an hour of it: whatever
-- contracts will say, all of it meets the same terms.
-- The one pass over usage events. A run reads what came since the last one and adds it; the
-- days of a customer that lost an event to a correction are added up anew.
-- depends_on: {{ source('ledger', 'batches') }} (days are compared with raw until they are sealed)
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    unique_key=usage_part_key(),
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

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

meters as (

    select * from {{ ref('stg_reference__meters') }}

),

event_codes as (

    {{ codes_of_meters('meters') }}

),

usage_days as (

    select usage_day from ({{ usage_that_counts('corrections_in_scope') }}) as usage_that_counts
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

    {% set events = usage_in_parts('corrections_in_scope', 'day_parts') -%}
    {{ summed_usage(events, 'event_codes') }}
    union all
    {{ measured_usage(events, 'event_codes') }}

),

with_earlier as (

    select * from added
    union all
    {{ parts_of_corrected_usage('corrections_in_scope', 'day_parts') }}
    {{ and_usage_parts_touched('added', 'corrections_in_scope') }}

),

summed as (

    select
        {{ usage_part_key() | join(', ') }},
        coalesce(min(aggregation), 'sum') as aggregation,
        cast(sum(quantity) as decimal(28, 6)) as quantity,
        cast(sum(event_count) as bigint) as event_count,
        cast(
            coalesce({{ measured_value('min(aggregation)', 'value', 'last_event') }}, 0)
            as decimal(28, 6)
        ) as value,
        cast(sum(elapsed_value) as decimal(38, 6)) as elapsed_value,
        cast(max(last_at) as timestamp) as last_at,
        cast(max(last_event) as varchar) as last_event,
        min(first_known_at) as first_known_at,
        max(last_manifest_number) as last_manifest_number
    from with_earlier
    group by {{ usage_part_key() | join(', ') }}

),

final as (

    select
        summed.*,
        ingests.entry_hash as last_entry_hash,
        {{ company_time_zones('legal_entities') }} as time_zones,
        parameters.code_version,
        {{ declared_meters('meters') }} as meters
    from summed
    cross join parameters
    left join ingests on summed.last_manifest_number = ingests.manifest_number

)

select * from final
