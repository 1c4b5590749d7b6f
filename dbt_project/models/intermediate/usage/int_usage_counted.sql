-- One row per usage charge of a meter that does more than add up its events, and row of added up
-- usage that counts in it: usage of its days, and units carried into them; under a capacity price
-- usage of the whole month, of which the charge pays a share.
-- Times are instants for sums weighted by time, and days and times of the legal entity otherwise.
with

meters as (

    select * from {{ ref('stg_reference__meters') }}
    where not adds_up or aggregation = 'each' or group_property is not null

),

day_parts as (

    select * from {{ ref('int_usage_by_day_part') }} where is_measurable and event_count > 0

),

usage_terms as (

    select * from {{ ref('int_usage_terms') }} where not is_ambiguous and not is_suspended

),

local_quarter_hours as (

    select * from {{ ref('int_local_quarter_hours') }}

),

spans as (

    select * from {{ ref('int_usage_spans') }} where service_start_date <= through_date

),

-- Lines that share days of one meter: new usage of it is ambiguous, and neither inherits units.
beside_others as (

    select distinct spans.usage_charge_id
    from spans
    inner join spans as others
        on
            spans.contract_id = others.contract_id
            and spans.meter_code = others.meter_code
            and spans.contract_line_id <> others.contract_line_id
            and spans.service_start_date <= others.service_end_date
            and spans.service_end_date >= others.service_start_date

),

matched as (

    select
        usage_terms.contract_id,
        usage_terms.contract_line_id,
        usage_terms.time_zone,
        local_quarter_hours.usage_date,
        meters.*,
        day_parts.part_start_at,
        day_parts.group_value,
        day_parts.unique_value,
        day_parts.is_removal,
        day_parts.event_count,
        day_parts.value,
        day_parts.elapsed_value,
        day_parts.last_at,
        day_parts.last_event
    from day_parts
    inner join meters on day_parts.meter_code = meters.meter_code
    inner join usage_terms
        on
            day_parts.source = usage_terms.source
            and day_parts.subject = usage_terms.source_customer_id
            and day_parts.meter_code = usage_terms.meter_code
            and day_parts.part_start_at >= usage_terms.from_at
            and day_parts.part_start_at < usage_terms.to_at
    inner join local_quarter_hours
        on
            usage_terms.time_zone = local_quarter_hours.time_zone
            and {{ quarter_hour('day_parts.part_start_at') }} = local_quarter_hours.quarter_hour

),

counted as (

    select
        spans.usage_charge_id,
        spans.usage_charge_id
        || case matched.measured_by
            when 'day' then '|' || cast(matched.usage_date as varchar)
            when 'hour' then '|' || cast(matched.part_start_at as varchar)
            else ''
        end as measured_key,
        case when matched.measured_by <> 'month' then matched.usage_date end as measured_date,
        matched.aggregation,
        matched.measured_by,
        matched.is_recurring,
        case
            when matched.aggregation = 'weighted_sum' then matched.part_start_at
            when matched.aggregation = 'prorated_sum' then cast(matched.usage_date as timestamp)
            when matched.aggregation = 'latest' then matched.last_at
            else {{ instant_within_day(
                'matched.usage_date', 'matched.last_at', 'matched.time_zone'
            ) }}
        end as occurred_at,
        {%- for name, day in [
            ('period_start_at', 'spans.counted_from'),
            ('period_end_at', add_days('spans.counted_through', 1)),
            ('month_start_at', 'spans.period_start_date'),
            ('month_end_at', add_days(month_end('spans.period_start_date'), 1)),
        ] %}
            case
                when matched.aggregation = 'weighted_sum'
                    then {{ midnight_at(day, 'matched.time_zone') }}
                else cast({{ day }} as timestamp)
            end as {{ name }},
        {%- endfor %}
        {{ days_in_month('spans.period_start_date') }} as full_period_days,
        spans.span_days,
        spans.line_days,
        not spans.shares_the_month and {{ counts_whole('matched') }} as counts_whole,
        matched.usage_date < spans.counted_from as is_carried,
        matched.prorates_carried_units
        or matched.usage_date >= spans.period_start_date
        or (spans.span_days < spans.line_days and not spans.shares_the_month)
            as prorates_carried_units,
        matched.group_value as group_key,
        matched.unique_value as value_text,
        matched.is_removal,
        matched.event_count,
        matched.value,
        matched.elapsed_value,
        matched.last_event as position
    from spans
    inner join matched
        on
            spans.contract_id = matched.contract_id
            and spans.meter_code = matched.meter_code
            and spans.counted_through >= matched.usage_date
            and (
                (
                    spans.counted_from <= matched.usage_date
                    and (
                        spans.contract_line_id = matched.contract_line_id
                        or spans.shares_the_month
                    )
                )
                or (spans.counted_from > matched.usage_date and {{ carries_over('matched') }})
                or (
                    spans.counted_from > matched.usage_date
                    and spans.period_start_date <= matched.usage_date
                    and {{ counts_time('matched.aggregation') }}
                )
            )
    left join beside_others on spans.usage_charge_id = beside_others.usage_charge_id
    where
        spans.contract_line_id = matched.contract_line_id
        or beside_others.usage_charge_id is null

)

select * from counted
