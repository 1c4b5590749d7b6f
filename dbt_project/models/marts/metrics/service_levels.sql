-- One row per service level and what it is kept for: how long it took against what was promised.
with

measured as (

    select * from {{ ref('int_service_levels_measured') }}

),

metric_targets as (

    select * from {{ ref('metric_targets') }}

),

policies as (

    select * from {{ ref('stg_reference__policies') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

timed as (

    select
        measured.*,
        metric_targets.title,
        coalesce(try_cast(policies.policy_value as bigint), metric_targets.target_value)
            as target_minutes,
        {{ minutes_between(
            'measured.started_at', 'coalesce(measured.ended_at, parameters.as_of)'
        ) }} as actual_minutes
    from measured
    cross join parameters
    inner join metric_targets on measured.metric_code = metric_targets.metric_code
    left join policies
        on
            'sla_' || measured.metric_code || '_minutes' = policies.policy_code
            and (
                measured.legal_entity_code = policies.legal_entity_code
                or policies.legal_entity_code = '*'
            )
            and policies.valid_from <= cast(parameters.as_of as date)
            and cast(parameters.as_of as date) < policies.valid_to
    qualify row_number() over (
        partition by measured.metric_code, measured.object_type, measured.object_key
        order by
            case when policies.legal_entity_code = '*' then 1 else 0 end,
            policies.valid_from desc,
            policies.row_number asc
    ) = 1

),

final as (

    select
        concat_ws('|', metric_code, object_type, object_key) as service_level_key,
        metric_code,
        title,
        object_type,
        object_key,
        legal_entity_code,
        started_at,
        ended_at,
        cast(actual_minutes as bigint) as actual_minutes,
        cast(target_minutes as bigint) as target_minutes,
        ended_at is null as is_open,
        actual_minutes > target_minutes as is_breach
    from timed

)

select * from final
