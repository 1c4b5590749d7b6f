-- One row per KPI, period, and legal entity or source where it has one: the value and its target.
with

durations as (

    select * from {{ ref('int_kpi_durations') }}

),

counts as (

    select * from {{ ref('int_kpi_counts') }}

),

metric_targets as (

    select * from {{ ref('metric_targets') }} where metric_kind = 'kpi'

),

measured as (

    select * from durations
    union all
    select
        *,
        numerator as measured_value
    from counts

),

valued as (

    select
        metric_targets.*,
        measured.accounting_period,
        measured.legal_entity_code,
        measured.source,
        measured.numerator,
        measured.denominator,
        case
            when metric_targets.unit <> 'percent'
                then {{ div_half_up(
                    'measured.measured_value * 1000000', 'metric_targets.unit_size'
                ) }}
            when measured.denominator > 0
                then {{ div_half_up('measured.numerator * 100000000', 'measured.denominator') }}
        end as millionths
    from metric_targets
    left join measured on metric_targets.metric_code = measured.kpi_code

),

final as (

    select
        concat_ws(
            '|', metric_code, coalesce(accounting_period, ''), coalesce(legal_entity_code, ''),
            coalesce(source, '')
        ) as kpi_key,
        metric_code as kpi_code,
        title,
        accounting_period,
        legal_entity_code,
        source,
        numerator,
        denominator,
        {{ from_millionths('millionths') }} as kpi_value,
        unit,
        cast(target_value as decimal(18, 6)) as target_value,
        case
            when is_lower_better then millionths <= target_value * 1000000
            else millionths >= target_value * 1000000
        end as is_met,
        case
            when millionths is not null then null
            when metric_code = 'close_cycle' then 'No period was closed with tieout close.'
            else 'Nothing was measured.'
        end as missing_reason
    from valued

)

select * from final
