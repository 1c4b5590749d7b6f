-- One row per value of an answer: what a meter makes of its events in a period.
with

periods as (

    select * from cases.meter_periods

),

delivered as (

    -- The same id at the same instant is one event, and the later delivery wins.
    select events.*
    from cases.events as events
    qualify
        row_number() over (
            partition by
                events.case_id,
                coalesce(events.event_id, 'position ' || events.position),
                events.event_id is null,
                events.occurred_at
            order by events.position desc
        ) = 1

),

counted as (

    select
        delivered.case_id,
        delivered.position,
        delivered.occurred_at,
        periods.aggregation,
        periods.period_start_at,
        periods.period_end_at,
        periods.full_period_days,
        periods.prorates_carried_units,
        delivered.occurred_at < periods.period_start_at as is_carried,
        coalesce({{ properties_of('delivered.properties', 'periods.group_by') }}, []) as group_key,
        {{ property_of('delivered.properties', 'periods.field') }} as value_text,
        {{ number_of(property_of('delivered.properties', 'periods.field')) }} as value,
        coalesce(
            {{ property_of('delivered.properties', 'periods.operation_field') }} = 'remove', false
        ) as is_removal,
        1 as event_count,
        0 as elapsed_value
    from delivered
    inner join periods on delivered.case_id = periods.case_id
    where
        delivered.occurred_at < periods.period_end_at
        and (delivered.occurred_at >= periods.period_start_at or {{ carries_over('periods') }})
        and {{ meets_all('delivered.properties', 'periods.include') }}
        and not {{ meets_any('delivered.properties', 'periods.exclude') }}
        and (
            not periods.is_numeric_only
            or {{ number_of(property_of('delivered.properties', 'periods.field')) }} is not null
        )

),

aggregated as (

    {{ aggregated_values('counted', 'case_id', '12') }}
    union all
    select
        unique_values.case_id,
        unique_values.group_key,
        unique_values.event_count,
        true as is_numeric,
        unique_values.numerator,
        unique_values.full_numerator
    from ({{ unique_values('counted', 'case_id', '12') }}) as unique_values

),

unclear as (

    -- What an event without the field counts is not said, nor whether earlier units are part of an
    -- initial value, nor whether a group that is not listed is reported.
    select counted.case_id
    from counted
    inner join periods on counted.case_id = periods.case_id
    where
        (counted.value_text is null and counted.aggregation <> 'count')
        or (counted.is_carried and periods.initial_value is not null)
    union all
    select aggregated.case_id
    from aggregated
    left join cases.report_groups as report_groups
        on
            aggregated.case_id = report_groups.case_id
            and aggregated.group_key = report_groups.group_values
    where
        report_groups.case_id is null
        and aggregated.case_id in (select case_id from cases.report_groups)

),

grouped as (

    select
        periods.*,
        groups.group_key,
        coalesce(aggregated.event_count, 0) as event_count,
        case
            when periods.case_id in (select case_id from unclear) then null
            when aggregated.case_id is null then 0
            when aggregated.is_numeric or periods.aggregation = 'count' then aggregated.numerator
        end as numerator,
        coalesce(aggregated.full_numerator, 0) as full_numerator,
        {{ period_weight('periods') }} as denominator
    from periods
    inner join (
        select
            periods.case_id,
            cast([] as varchar[]) as group_key
        from periods
        where periods.group_by is null
        union all
        select
            report_groups.case_id,
            report_groups.group_values
        from cases.report_groups as report_groups
        union all
        select
            aggregated.case_id,
            aggregated.group_key
        from aggregated
        where
            len(aggregated.group_key) > 0
            and aggregated.case_id not in (select case_id from cases.report_groups)
    ) as groups
        on periods.case_id = groups.case_id
    left join aggregated
        on groups.case_id = aggregated.case_id and groups.group_key = aggregated.group_key
    where periods.aggregation <> 'advance_increment'

),

valued as (

    select
        grouped.*,
        {{ round_ratio(
            at_least(
                'grouped.numerator + ' ~ scaled_amount('coalesce(grouped.initial_value, 0)')
                ~ ' * ' ~ wide('grouped.denominator'),
                'case when grouped.floors_at_zero then 0 end',
            ),
            'grouped.denominator', '12', 'grouped.rounding_decimals', 'grouped.rounding_mode',
        ) }} as value_scaled
    from grouped

),

answers as (

    select
        valued.case_id,
        case when valued.group_by is null then 'value' else 'groups' end as key,
        case when valued.group_by is not null then cast(to_json(valued.group_key) as varchar) end as name,
        case when valued.group_by is not null then 'value' end as field,
        valued.value_scaled as scaled
    from valued
    union all
    select
        valued.case_id,
        case when valued.group_by is null then 'events_count' else 'groups' end,
        case when valued.group_by is not null then cast(to_json(valued.group_key) as varchar) end,
        case when valued.group_by is not null then 'events_count' end,
        {{ whole_as_scaled('valued.event_count') }}
    from valued
    union all
    select
        valued.case_id,
        'full_value',
        null,
        null,
        valued.full_numerator * 1000000
    from valued
    where
        valued.group_by is null
        and valued.aggregation in ('prorated_sum', 'prorated_unique_count')
    union all
    select
        periods.case_id,
        'groups_total',
        null,
        null,
        case
            when count(valued.case_id) = count(valued.value_scaled)
                then coalesce(sum(valued.value_scaled), 0)
        end
    from periods
    left join valued on periods.case_id = valued.case_id
    where periods.group_by is not null
    group by periods.case_id
    union all
    select
        periods.case_id,
        'value',
        null,
        null,
        {{ round_scaled(
            scaled_by_18('(' ~ increment_above(
                'periods.level_before', 'periods.highest_level_before', 'periods.event_value'
            ) ~ ')'),
            'periods.rounding_decimals', 'periods.rounding_mode',
        ) }}
    from periods
    where periods.aggregation = 'advance_increment'

)

select
    answers.case_id,
    answers.key,
    null as position,
    null as subposition,
    case when answers.field is null then answers.name else answers.name || '|' || answers.field end
        as name,
    answers.scaled
from answers
