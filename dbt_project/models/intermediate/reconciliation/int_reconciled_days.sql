-- One row per day since the first run: the instant of the first run after it in which everything
-- tied out; none while no run did.
with

observed_runs as (

    select * from {{ ref('stg_exports__observed_runs') }}

),

tie_outs as (

    select cast(coalesce(sum(break_count), 0) as bigint) as break_count
    from {{ ref('tie_out_summary') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

runs as (

    select
        as_of,
        break_count
    from observed_runs
    union
    select
        parameters.as_of,
        tie_outs.break_count
    from parameters
    cross join tie_outs

),

bounds as (

    select
        cast(min(runs.as_of) as date) as first_day,
        {{ add_days('cast(max(runs.as_of) as date)', -1) }} as last_day
    from runs

),

days as (

    select {{ day_spine('first_day', 'last_day') }} as reconciled_day
    from bounds

),

final as (

    select
        days.reconciled_day,
        cast({{ add_days('days.reconciled_day', 1) }} as timestamp) as started_at,
        min(runs.as_of) as ended_at
    from days
    left join runs
        on
            runs.break_count = 0
            and runs.as_of >= cast({{ add_days('days.reconciled_day', 1) }} as timestamp)
    group by days.reconciled_day

)

select * from final
