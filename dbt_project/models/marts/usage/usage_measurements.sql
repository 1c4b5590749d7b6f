-- One row per usage charge of a meter that does more than add its events up, value that it groups
-- by, and day when it measures by the day or the hour: what its aggregation makes of what counts.
-- What neither adds up nor counts time (the largest, the last, how many values) counts for its
-- share of the days when several charges divide a month; under a capacity price everything does.
with

counted as (

    select * from {{ ref('int_usage_counted') }} where aggregation <> 'each'

),

measured as (

    {{ aggregated_values('counted', 'measured_key', '6') }}
    union all
    select
        unique_values.measured_key,
        unique_values.group_key,
        unique_values.event_count,
        true as is_numeric,
        unique_values.numerator,
        unique_values.full_numerator
    from ({{ unique_values('counted', 'measured_key', '6') }}) as unique_values

),

keys as (

    select distinct
        usage_charge_id,
        measured_key,
        measured_date,
        aggregation,
        counts_whole,
        month_start_at as period_start_at,
        month_end_at as period_end_at,
        full_period_days,
        span_days,
        line_days
    from counted

),

final as (

    select
        keys.usage_charge_id,
        keys.measured_date,
        measured.group_key as group_value,
        min(keys.aggregation) as aggregation,
        cast(sum(measured.event_count) as bigint) as event_count,
        case
            when count(*) = count(measured.numerator)
                then {{ quantity_from_counts('sum(measured.numerator)') }}
        end as measured_value,
        min({{ wide(period_weight('keys')) }}) as period_weight,
        cast(min(case when keys.counts_whole then 1 else keys.span_days end) as bigint)
            as days_charged,
        cast(min(case when keys.counts_whole then 1 else keys.line_days end) as bigint)
            as days_of_line
    from measured
    inner join keys on measured.measured_key = keys.measured_key
    group by keys.usage_charge_id, keys.measured_date, measured.group_key

)

select * from final
