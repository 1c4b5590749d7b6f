-- One row per contract and run of days without service. While a pause has no end, it lasts through
-- the cut-off, as if service began again on the day after.
with

pauses as (

    select * from {{ ref('int_contract_pauses_judged') }}
    where pause_step = 'pause' and pause_mode = 'suspend_extend' and outcome = 'applied'

),

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

spans as (

    select
        pauses.contract_id,
        pauses.event_key,
        greatest(pauses.paused_date, contracts.term_start_date) as suspended_from,
        coalesce(pauses.resumed_date, {{ add_days('legal_entities.cutoff_date', 1) }})
            as suspended_to,
        coalesce(pauses.resume_occurred_at, cast({{ end_of_time() }} as timestamp)) as ended_at
    from pauses
    inner join contracts on pauses.contract_id = contracts.contract_id
    inner join legal_entities
        on contracts.legal_entity_code = legal_entities.legal_entity_code

),

begun as (

    -- Pauses that meet or overlap are one run of days.
    select
        spans.*,
        case
            when
                spans.suspended_from <= max(spans.suspended_to) over (
                    partition by spans.contract_id
                    order by spans.suspended_from, spans.event_key
                    rows between unbounded preceding and 1 preceding
                )
                then 0
            else 1
        end as is_new_run
    from spans
    where spans.suspended_from < spans.suspended_to

),

numbered as (

    select
        begun.*,
        sum(begun.is_new_run) over (
            partition by begun.contract_id
            order by begun.suspended_from, begun.event_key
            rows between unbounded preceding and current row
        ) as run_number
    from begun

),

runs as (

    select
        contract_id,
        run_number,
        min(suspended_from) as suspended_from,
        max(suspended_to) as suspended_to,
        max(ended_at) as ended_at
    from numbered
    group by contract_id, run_number

),

suspensions as (

    select
        contract_id,
        suspended_from,
        suspended_to,
        ended_at,
        -- The service clock: how many days it stood still before this run, and until when this
        -- row answers for it.
        coalesce(sum({{ days_between('suspended_from', 'suspended_to') }}) over (
            partition by contract_id
            order by suspended_from
            rows between unbounded preceding and 1 preceding
        ), 0) as suspended_before_days,
        coalesce(
            lead(suspended_from) over (partition by contract_id order by suspended_from),
            {{ end_of_time() }}
        ) as next_suspended_from
    from runs

)

select * from suspensions
