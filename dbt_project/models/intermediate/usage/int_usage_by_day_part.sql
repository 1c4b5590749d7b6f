-- One row per source, its customer id, meter and part of a UTC day, and per what the meter tells
-- apart. A part is one local day in every time zone of the company, or an hour of it: whatever
-- contracts will say, all of it meets the same terms.
-- The one pass over usage events. A run reads what came since the last one and adds it. What was
-- corrected since is subtracted from plain sums; what a declared meter makes of such a day of a
-- customer is measured anew.
-- depends_on: {{ source('ledger', 'batches') }} (days are compared with raw until they are sealed)
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    on_schema_change='fail',
    unique_key=usage_part_key(),
    pre_hook=['{{ forget_usage_of_another_store() }}', '{{ forget_measures_of_corrected_usage() }}'],
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

corrected_since as (

    {{ corrected_since() }}

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

corrections_in_scope as (

    {{ corrections_in_scope('corrected_usage', 'corrected_since', 'event_codes') }}

),

usage_days as (

    select {{ each_of_few('usage_day') }}
    from (
        select usage_day from ({{ usage_since() }}) as usage_since
        union distinct
        select usage_day from corrected_since
    ) as usage_days

),

local_quarter_hours as (

    {{ local_quarter_hours('usage_days', 'legal_entities') }}

),

day_parts as (

    {{ day_parts('local_quarter_hours') }}

),

measured as (

    {% set counting = measured_usage_that_counts('corrections_in_scope', 'event_codes') -%}
    {{ measured_usage(usage_in_parts(counting, 'day_parts'), 'event_codes') }}
    union all
    {{ parts_of_corrected_usage('corrections_in_scope', 'day_parts') }}

),

added as (

    {{ summed_usage(usage_in_parts(usage_since(), 'day_parts'), 'event_codes') }}
    union all
    {{ sums_of_corrected_usage('corrected_since', 'event_codes', 'day_parts') }}
    union all
    {{ merged_parts('measured') }}

),

with_earlier as (

    select * from added
    {{ and_usage_parts_touched('added') }}

),

summed as (

    {{ merged_parts('with_earlier') }}

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
