{# Usage events and the charge each went into, or none while it is held or not due; what an event
   is besides stays as it came.
   events: a relation such as metered_usage makes. #}
{% macro charges_of_usage_events(events) -%}
    select
        usage_events.*,
        usage_terms.contract_id,
        usage_terms.contract_version_id,
        usage_terms.contract_line_id,
        usage_charges.usage_charge_id
    from {{ events }} as usage_events
    left join usage_terms
        on
            usage_events.source = usage_terms.source
            and usage_events.subject = usage_terms.source_customer_id
            and usage_events.meter_code = usage_terms.meter_code
            and usage_events.occurred_at >= usage_terms.from_at
            and usage_events.occurred_at < usage_terms.to_at
            and usage_events.is_measurable
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
{%- endmacro %}

{# Usage that came since the last run; all of it the first time. #}
{% macro usage_since() -%}
    select usage_events.*
    from {{ source('raw', 'usage') }} as usage_events
    {% if is_incremental() -%}
        where usage_events.manifest_number > {{ last_ingest_added_up() }}
    {%- endif %}
{%- endmacro %}

{# What counts no more since the last run; all of it the first time. #}
{% macro corrected_since() -%}
    select corrected.*
    from {{ source('raw', 'corrected_usage') }} as corrected
    {% if is_incremental() -%}
        where corrected.manifest_number > {{ last_ingest_added_up() }}
    {%- endif %}
{%- endmacro %}

{# Corrected usage of plain sums, in the columns of the day parts: what each event added is added
   once more with the opposite sign. No event is looked up for it, and no day is read again.
   corrected: what counts no more since the last run. #}
{% macro sums_of_corrected_usage(corrected, event_codes, day_parts) -%}
    {{ corrected_parts(
        corrected, day_parts,
        aggregation="'sum'", quantity='-corrected.quantity', event_count='-1',
        value='-corrected.quantity',
    ) }}
    where corrected.meter_code not in (select event_code from {{ event_codes }})
{%- endmacro %}

{# Corrected usage of declared meters on the days of a customer that a run measures anew, whole: of
   a largest value there is no taking away.
   anew: what counts no more since the last run. #}
{% macro corrections_in_scope(corrected, anew, event_codes) -%}
    select corrected.*
    from {{ corrected }} as corrected
    where
        corrected.meter_code in (select event_code from {{ event_codes }})
        and exists (
            select 1
            from {{ anew }} as anew
            where
                anew.meter_code in (select event_code from {{ event_codes }})
                and {{ is_same_usage_day('anew', 'corrected') }}
        )
{%- endmacro %}

{# Usage of declared meters that a run measures, without what counts no more. Days without a
   correction, nearly all, are taken as they are: no event of them is looked up by its id.
   scope: corrections as `corrections_in_scope` makes them. #}
{% macro measured_usage_that_counts(scope, event_codes) -%}
    select usage_events.*
    from ({{ measured_usage_in_scope(scope, event_codes) }}) as usage_events
    where usage_events.usage_day not in (select days.usage_day from {{ scope }} as days)
    union all
    select usage_events.*
    from ({{ measured_usage_in_scope(scope, event_codes) }}) as usage_events
    left join {{ scope }} as corrected
        on usage_events.source = corrected.source and usage_events.event_id = corrected.event_id
    where
        usage_events.usage_day in (select days.usage_day from {{ scope }} as days)
        and corrected.event_id is null
{%- endmacro %}

{# Usage of declared meters that a run measures: what came since the last one, and what came before
   on days that are measured anew. #}
{% macro measured_usage_in_scope(scope, event_codes) -%}
    select usage_events.*
    from ({{ usage_since() }}) as usage_events
    where usage_events.meter_code in (select event_code from {{ event_codes }})
    {% if is_incremental() %}
        union all
        select usage_events.*
        from {{ source('raw', 'usage') }} as usage_events
        inner join (select distinct source, subject, usage_day from {{ scope }}) as scoped
            on {{ is_same_usage_day('scoped', 'usage_events') }}
        where
            usage_events.manifest_number <= {{ last_ingest_added_up() }}
            and usage_events.meter_code in (select event_code from {{ event_codes }})
    {% endif %}
{%- endmacro %}

{# Usage with the part of its day that each event lies in, as a relation. It is written out where it
   is read, and not named once: of all usage an engine would keep what only a few events need.
   day_parts: a relation such as the macro of that name makes. #}
{% macro usage_in_parts(events, day_parts) -%}
    (
        select
            usage_events.*,
            day_parts.part_start_at
        from ({{ events }}) as usage_events
        inner join {{ day_parts }} as day_parts
            on {{ quarter_hour('usage_events.occurred_at') }} = day_parts.quarter_hour
    )
{%- endmacro %}

{# Whether two rows are of one customer's day in a source. #}
{% macro is_same_usage_day(row, other) -%}
    {{ row }}.source = {{ other }}.source
    and {{ row }}.subject = {{ other }}.subject
    and {{ row }}.usage_day = {{ other }}.usage_day
{%- endmacro %}

{# The last ingest that the parts of int_usage_by_day_part know. #}
{% macro last_ingest_added_up() -%}
    (select coalesce(max(seen.last_manifest_number), 0) from {{ this }} as seen)
{%- endmacro %}

{# A row of nothing per corrected event of a declared meter, in the columns of the day parts: a part
   that lost all its events stays, so that the next run knows which ingest it has seen. #}
{% macro parts_of_corrected_usage(scope, day_parts) -%}
    {{ corrected_parts(
        scope, day_parts,
        aggregation='cast(null as varchar)', quantity='0', event_count='0', value='null',
    ) }}
{%- endmacro %}

{# Corrected usage in the columns of the day parts, and what it adds to them. #}
{% macro corrected_parts(corrected, day_parts, aggregation, quantity, event_count, value) -%}
    select
        corrected.source,
        corrected.subject,
        corrected.meter_code,
        corrected.usage_day,
        day_parts.part_start_at,
        '' as group_value,
        '' as unique_value,
        false as is_removal,
        true as is_measurable,
        {{ aggregation }} as aggregation,
        {{ quantity }} as quantity,
        {{ event_count }} as event_count,
        {{ value }} as value,
        0 as elapsed_value,
        cast(null as timestamp) as last_at,
        cast(null as varchar) as last_event,
        cast(null as timestamp) as first_known_at,
        corrected.manifest_number as last_manifest_number
    from {{ corrected }} as corrected
    inner join {{ day_parts }} as day_parts
        on {{ quarter_hour('corrected.occurred_at') }} = day_parts.quarter_hour
{%- endmacro %}

{# Before usage is added to what is there: what declared meters made of days that are measured anew
   goes. What they told apart may have gone with the corrected event. #}
{% macro forget_measures_of_corrected_usage() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as parts
        where
            parts.meter_code in (
                select codes.event_code
                from ({{ declared_codes(ref('stg_reference__meters')) }}) as codes
            )
            and exists (
                select 1
                from ({{ corrected_since() }}) as corrected
                where
                    corrected.meter_code in (
                        select codes.event_code
                        from ({{ declared_codes(ref('stg_reference__meters')) }}) as codes
                    )
                    and {{ is_same_usage_day('corrected', 'parts') }}
            )
    {%- endif -%}
{%- endmacro %}
