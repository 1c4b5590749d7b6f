{#
    What the aggregations of a meter make of its events. Each is a whole number over another: the
    sum of the values, each counted for part of the period, over the period. It is rounded once,
    by whoever asks.

    sum                    every value counts whole
    prorated_sum           a value counts from its day to the end of the period, both inside
    weighted_sum           a value counts for the time that is left of the period
    count                  every event counts one
    max, latest            the greatest value, the value of the last event
    unique_count           values whose last operation is not a removal
    prorated_unique_count  days on which a value was active, over the days of the period

    Events from before the period count where the meter is recurring: whole, or for the days of
    this period where its carried units are prorated.
#}
{% macro event_weight(event) -%}
    case
        when {{ event }}.aggregation in ('sum', 'max', 'latest', 'count') then 1
        when {{ event }}.aggregation = 'weighted_sum'
            then {{ microseconds_between(
                'greatest(' ~ event ~ '.occurred_at, ' ~ event ~ '.period_start_at)',
                event ~ '.period_end_at',
            ) }}
        when {{ event }}.aggregation = 'prorated_sum' and {{ event }}.is_carried
            then
                case
                    when {{ event }}.prorates_carried_units
                        then {{ utc_days_between(
                            event ~ '.period_start_at', event ~ '.period_end_at'
                        ) }}
                    else {{ event }}.full_period_days
                end
        when {{ event }}.aggregation = 'prorated_sum'
            then {{ utc_days_between(event ~ '.occurred_at', event ~ '.period_end_at') }}
    end
{%- endmacro %}

{# What an event counts for. A row may stand for several events from one instant on: then
   elapsed_value is what the time from that instant to each of them takes off. #}
{% macro weighed_value(event, decimals) -%}
    {{ or_unknown(
        scaled_wide(event ~ '.value', decimals) ~ ' * ' ~ wide(event_weight(event))
        ~ ' - case when ' ~ event ~ '.is_carried then 0 else '
        ~ scaled_wide(event ~ '.elapsed_value', decimals) ~ ' end'
    ) }}
{%- endmacro %}

{# Aggregations whose values count for as long as they are there. #}
{% macro counts_time(aggregation) -%}
    {{ aggregation }} in ('weighted_sum', 'prorated_sum', 'prorated_unique_count')
{%- endmacro %}

{# Whether charges that share a month each measure what is theirs: what counts time, and what adds
   up. Anything else is measured by each for its share of the days. #}
{% macro counts_whole(meter) -%}
    (
        {{ counts_time(meter ~ '.aggregation') }}
        or {{ meter }}.aggregation = 'count'
        or ({{ meter }}.aggregation = 'sum' and not {{ meter }}.is_recurring)
        or {{ meter }}.measured_by <> 'month'
    )
{%- endmacro %}

{% macro period_weight(period) -%}
    case
        when {{ period }}.aggregation = 'weighted_sum'
            then {{ microseconds_between(period ~ '.period_start_at', period ~ '.period_end_at') }}
        when {{ period }}.aggregation in ('prorated_sum', 'prorated_unique_count')
            then {{ period }}.full_period_days
        else 1
    end
{%- endmacro %}

{# Which of the events before the period count in it. #}
{% macro carries_over(period) -%}
    {{ period }}.is_recurring
    and {{ period }}.aggregation in (
        'sum', 'prorated_sum', 'weighted_sum', 'unique_count', 'prorated_unique_count'
    )
{%- endmacro %}

{#
    One row per meter period (`key`) and group that has events: the value as a numerator and the
    number of events. `events` are the events that count, with the columns of their period;
    `decimals` are those that values have and numerators are whole counts of.
#}
{% macro aggregated_values(events, key, decimals) -%}
    select
        events.{{ key }},
        events.group_key,
        sum(events.event_count) as event_count,
        count(events.value) = count(*) as is_numeric,
        cast(
            case min(events.aggregation)
                when 'count' then sum(events.event_count) * {{ power_of_ten(decimals) }}
                when 'max' then {{ scaled_wide('max(events.value)', decimals) }}
                when 'latest'
                    then {{ scaled_wide(
                        last_value_of('events.value', '(events.occurred_at, events.position)'),
                        decimals,
                    ) }}
                else case
                    when count(*) = count({{ weighed_value('events', decimals) }})
                        then sum({{ weighed_value('events', decimals) }})
                end
            end as hugeint
        ) as numerator,
        {{ scaled_wide('sum(events.value)', decimals) }} as full_numerator
    from {{ events }} as events
    where events.aggregation not in ('unique_count', 'prorated_unique_count')
    group by events.{{ key }}, events.group_key
{%- endmacro %}

{# The same for unique counts: values that are there at the end, and the days they were there. #}
{% macro unique_values(events, key, decimals) -%}
    select
        valued.{{ key }},
        valued.group_key,
        sum(valued.event_count) as event_count,
        cast(
            case min(valued.aggregation)
                when 'unique_count' then count(*) filter (where valued.is_active)
                else sum(valued.active_days)
            end * {{ power_of_ten(decimals) }} as hugeint
        ) as numerator,
        cast(
            count(*) filter (where valued.is_active) * {{ power_of_ten(decimals) }} as hugeint
        ) as full_numerator
    from (
        select
            spells.{{ key }},
            spells.group_key,
            spells.value_text,
            min(spells.aggregation) as aggregation,
            sum(spells.event_count) as event_count,
            {{ any_true('spells.is_last and not spells.is_removal') }} as is_active,
            sum(
                case
                    when spells.is_removal or spells.to_date < spells.period_start_date then 0
                    else greatest(
                        spells.to_date
                        - greatest(
                            spells.from_date,
                            spells.period_start_date,
                            coalesce(
                                {{ add_days('spells.counted_to_date', '1') }},
                                spells.period_start_date
                            )
                        ) + 1,
                        0
                    )
                end
            ) as active_days
        from ({{ active_spells(events, key) }}) as spells
        group by spells.{{ key }}, spells.group_key, spells.value_text
    ) as valued
    group by valued.{{ key }}, valued.group_key
{%- endmacro %}

{# One row per event of a value: the days from it to the next one, both inside, and to which day
   earlier spells have counted. #}
{% macro active_spells(events, key) -%}
    select
        dated.*,
        max(case when not dated.is_removal then dated.to_date end) over (
            partition by dated.{{ key }}, dated.group_key, dated.value_text
            order by dated.occurred_at, dated.position
            rows between unbounded preceding and 1 preceding
        ) as counted_to_date
    from (
        select
            events.*,
            cast(events.occurred_at as date) as from_date,
            cast(events.period_start_at as date) as period_start_date,
            coalesce(
                cast(lead(events.occurred_at) over moves as date),
                {{ last_utc_day_before('events.period_end_at') }}
            ) as to_date,
            lead(events.occurred_at) over moves is null as is_last
        from {{ events }} as events
        where events.aggregation in ('unique_count', 'prorated_unique_count')
        window moves as (
            partition by events.{{ key }}, events.group_key, events.value_text
            order by events.occurred_at, events.position
        )
    ) as dated
{%- endmacro %}

{# Units above the highest level that was billed already, when an event raises the level. #}
{% macro increment_above(level_before, highest_before, event_value) -%}
    {{ at_least(level_before ~ ' + ' ~ event_value ~ ' - ' ~ highest_before, '0') }}
{%- endmacro %}
