{#
    Which meter an event counts on. An event names a code; the meters that listen to the code are
    asked in order, the one with most conditions first, and the first whose conditions the event
    meets takes it. An event counts on one meter, so nothing is charged twice.

    A code that no meter listens to is a meter by itself that adds quantities up. An event of a
    declared code that no meter takes, or without the property its meter counts, is not measurable.
#}

{# One row per code that events may name and that has something to do with a declared meter.
   meters: a relation such as stg_reference__meters. #}
{% macro codes_of_meters(meters) -%}
    select
        codes.event_code,
        {{ any_true('codes.event_code = meters.meter_code') }} as is_meter_code,
        {{ structs_of(
            [
                'takers.meter_code', 'takers.aggregation', 'takers.measured_by',
                'takers.unique_property', 'takers.operation_property', 'takers.group_property',
                'takers.conditions',
            ],
            'takers.condition_count desc, takers.meter_code',
        ) }} filter (where takers.meter_code is not null) as takers
    from ({{ declared_codes(meters) }}) as codes
    left join {{ meters }} as takers on codes.event_code = takers.event_meter_code
    left join {{ meters }} as meters on codes.event_code = meters.meter_code
    group by codes.event_code
{%- endmacro %}

{# One row per code that is a declared meter's or that one listens to. #}
{% macro declared_codes(meters) -%}
    select meter_code as event_code from {{ meters }}
    union distinct
    select event_meter_code as event_code from {{ meters }}
{%- endmacro %}

{# Whether an event can be measured. taker: the meter that takes it, a struct; null when none. #}
{% macro is_measurable(taker, is_meter_code, properties) -%}
    case
        when {{ taker }}.meter_code is null then not {{ is_meter_code }}
        when {{ taker }}.unique_property is null then true
        else {{ property_of(properties, taker ~ '.unique_property') }} is not null
    end
{%- endmacro %}

{# Usage events, each with the meter that it counts on as its meter_code, the code they landed with
   as event_meter_code, and whether they can be measured; their other columns stay.
   events: a relation with meter_code and properties. #}
{% macro metered_usage(events, event_codes) -%}
    select
        taken.* exclude (taker, is_meter_code, property_values)
        replace (coalesce(taken.taker.meter_code, taken.meter_code) as meter_code),
        taken.meter_code as event_meter_code,
        coalesce(
            {{ is_measurable('taken.taker', 'taken.is_meter_code', 'taken.property_values') }}, true
        ) as is_measurable
    from ({{ taken_usage(events, event_codes, 'left') }}) as taken
{%- endmacro %}

{# Usage events with the meter that takes each, a struct. #}
{% macro taken_usage(events, event_codes, join) -%}
    select
        events.*,
        event_codes.is_meter_code,
        {{ properties_map('events.properties') }} as property_values,
        {{ first_met(properties_map('events.properties'), 'event_codes.takers') }} as taker
    from {{ events }} as events
    {{ join }} join {{ event_codes }} as event_codes on events.meter_code = event_codes.event_code
{%- endmacro %}

{# Usage events of codes that have to do with declared meters, one row each, in the columns of the
   day parts they will be added up to. events: usage with a part_start_at and the columns of raw
   usage; event_codes: a relation such as codes_of_meters makes. #}
{% macro measured_usage(events, event_codes) -%}
    select
        taken.source,
        taken.subject,
        coalesce(taken.taker.meter_code, taken.meter_code) as meter_code,
        taken.usage_day,
        case
            when taken.taker.measured_by = 'hour'
                then greatest(taken.part_start_at, {{ hour_start('taken.occurred_at') }})
            else taken.part_start_at
        end as part_start_at,
        coalesce({{ property_of('taken.property_values', 'taken.taker.group_property') }}, '')
            as group_value,
        case
            when taken.taker.aggregation = 'each' then taken.event_id
            else coalesce(
                {{ property_of('taken.property_values', 'taken.taker.unique_property') }}, ''
            )
        end as unique_value,
        coalesce(
            {{ property_of('taken.property_values', 'taken.taker.operation_property') }} = 'remove', false
        ) as is_removal,
        {{ is_measurable('taken.taker', 'taken.is_meter_code', 'taken.property_values') }}
            as is_measurable,
        coalesce(taken.taker.aggregation, 'sum') as aggregation,
        taken.quantity,
        1 as event_count,
        case
            when taken.taker.aggregation in ('count', 'unique_count', 'prorated_unique_count') then 1
            else taken.quantity
        end as value,
        case
            when taken.taker.aggregation = 'weighted_sum'
                then taken.quantity
                    * {{ microseconds_between('taken.part_start_at', 'taken.occurred_at') }}
            else 0
        end as elapsed_value,
        taken.occurred_at as last_at,
        {{ in_order_of_events('taken') }} as last_event,
        taken.known_at as first_known_at,
        taken.manifest_number as last_manifest_number
    from ({{ taken_usage(events, event_codes, 'inner') }}) as taken
{%- endmacro %}

{# Rows of day parts, those of one part put together. #}
{% macro merged_parts(parts) -%}
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
    from {{ parts }}
    group by {{ usage_part_key() | join(', ') }}
{%- endmacro %}

{# All other usage events, added up: the columns of the day parts without reading what nobody asked
   for. This is where nearly all usage goes. #}
{% macro summed_usage(events, event_codes) -%}
    select
        source,
        subject,
        meter_code,
        usage_day,
        part_start_at,
        '' as group_value,
        '' as unique_value,
        false as is_removal,
        true as is_measurable,
        'sum' as aggregation,
        sum(quantity) as quantity,
        count(*) as event_count,
        sum(quantity) as value,
        0 as elapsed_value,
        cast(null as timestamp) as last_at,
        cast(null as varchar) as last_event,
        min(known_at) as first_known_at,
        max(manifest_number) as last_manifest_number
    from {{ events }} as events
    where meter_code not in (select event_code from {{ event_codes }})
    group by source, subject, meter_code, usage_day, part_start_at
{%- endmacro %}

{# What several rows of one part come to. Sums of ones are counts; of a value that is there, or
   not, one row is enough. #}
{% macro measured_value(aggregation, value, last_event) -%}
    case {{ aggregation }}
        when 'max' then max({{ value }})
        when 'unique_count' then max({{ value }})
        when 'prorated_unique_count' then max({{ value }})
        when 'latest' then {{ last_value_of(value, last_event) }}
        else sum({{ value }})
    end
{%- endmacro %}

{# A text by which events can be sorted: when they happened, then by source and id; never by how
   they came. #}
{% macro in_order_of_events(event) -%}
    {{ instant_text(event ~ '.occurred_at') }}
    || ' ' || {{ event }}.source || ' ' || {{ event }}.event_id
{%- endmacro %}

{# What was measured by other declarations than these is measured anew. #}
{% macro declared_meters(meters) -%}
    (select {{ rows_hash('meters', 'meters.meter_code') }} from {{ meters }} as meters)
{%- endmacro %}

{# What a charge measures: use of its days, or of the whole month where it pays a share of that.
   capacity: its capacity price, if it has one. #}
{% macro measured_days(span, capacity) -%}
    {{ capacity }}.price_id is not null as shares_the_month,
    case
        when {{ capacity }}.price_id is null then {{ span }}.service_start_date
        else {{ span }}.period_start_date
    end as counted_from,
    least(
        case
            when {{ capacity }}.price_id is null then {{ span }}.service_end_date
            else {{ month_end(span ~ '.period_start_date') }}
        end,
        {{ span }}.cutoff_date
    ) as counted_through
{%- endmacro %}
