{# One row per time zone of the company and quarter of an hour of some UTC days, with the day it
   is there. Converting every event by itself costs more than all other work on it; no zone in use
   today has midnight inside a quarter of an hour, so the quarters are converted instead.
   days: a relation with usage_day; legal_entities: a relation with time_zone. #}
{% macro local_quarter_hours(days, legal_entities) -%}
    select
        time_zones.time_zone,
        quarters.usage_day,
        quarters.quarter_hour,
        {{ local_date(instant_of_quarter_hour('quarters.quarter_hour'), 'time_zones.time_zone') }}
            as usage_date
    from (
        select
            usage_day,
            {{ quarter_hours_of_day('usage_day') }} as quarter_hour
        from {{ days }}
    ) as quarters
    cross join (select distinct time_zone from {{ legal_entities }}) as time_zones
{%- endmacro %}

{# The part of its day that each quarter of an hour lies in, by its first instant: a part begins
   where the youngest of the local days begins that hold the quarter.
   local_quarter_hours: a relation such as the macro of that name makes. #}
{% macro day_parts(local_quarter_hours) -%}
    select
        local_days.quarter_hour,
        {{ instant_of_quarter_hour('max(local_days.first_quarter_hour)') }} as part_start_at
    from (
        select
            quarter_hour,
            min(quarter_hour) over (
                partition by time_zone, usage_day, usage_date
            ) as first_quarter_hour
        from {{ local_quarter_hours }}
    ) as local_days
    group by local_days.quarter_hour
{%- endmacro %}

{# The time zones of the company as one text: parts of days are cut for them.
   legal_entities: a relation with time_zone. #}
{% macro company_time_zones(legal_entities) -%}
    (select string_agg(distinct time_zone, ',' order by time_zone) from {{ legal_entities }})
{%- endmacro %}

{# What tells the rows of int_usage_by_day_part apart: the part of a day, and within it the values
   that the meter groups by and counts, whether they are there or gone, and what is not measurable. #}
{% macro usage_part_key() -%}
    {{ return([
        'source', 'subject', 'meter_code', 'usage_day', 'part_start_at',
        'group_value', 'unique_value', 'is_removal', 'is_measurable',
    ]) }}
{%- endmacro %}

{# Adds to a query, after the first time, the parts that are there already and to which rows are
   added, in the columns of those. A part that lost all its events is nothing to compare with.
   added: a relation that has their key. #}
{% macro and_usage_parts_touched(added) -%}
    {%- if is_incremental() %}
        union all
        select
            {%- for column in usage_part_key() %}
            earlier.{{ column }},
            {%- endfor %}
            case when earlier.event_count > 0 then earlier.aggregation end as aggregation,
            earlier.quantity,
            earlier.event_count,
            case when earlier.event_count > 0 then earlier.value end as value,
            earlier.elapsed_value,
            earlier.last_at,
            earlier.last_event,
            earlier.first_known_at,
            earlier.last_manifest_number
        from {{ this }} as earlier
        inner join (
            select distinct {{ usage_part_key() | join(', ') }} from {{ added }}
        ) as touched
            on
            {%- for column in usage_part_key() %}
                {{ 'and ' if not loop.first }}earlier.{{ column }} = touched.{{ column }}
            {%- endfor %}
    {%- endif %}
{%- endmacro %}

{# Before usage is added to what is there: all of it goes when another release added it up, when
   days were cut for other time zones, when meters were declared otherwise, when an ingest it has
   seen is not in the manifest (any more), or is later than this run may see. #}
{% macro forget_usage_of_another_store() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1
            from (
                select distinct
                    last_manifest_number,
                    last_entry_hash,
                    time_zones,
                    code_version,
                    meters
                from {{ this }}
            ) as seen
            cross join {{ ref('stg_run__parameters') }} as parameters
            left join {{ source('raw', 'manifest') }} as manifest
                on
                    seen.last_manifest_number = manifest.manifest_number
                    and seen.last_entry_hash = manifest.entry_hash
            where
                manifest.manifest_number is null
                or seen.last_manifest_number > parameters.events_head
                or seen.code_version is distinct from parameters.code_version
                or seen.time_zones is distinct from {{ company_time_zones(
                    ref('int_legal_entities')
                ) }}
                or seen.meters is distinct from {{ declared_meters(ref('stg_reference__meters')) }}
        )
    {%- endif -%}
{%- endmacro %}
