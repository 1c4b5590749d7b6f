-- One row per event that pauses or resumes a contract, with what became of it and the pause it
-- belongs to. Of one pause the newest announcement from the source that counts stands.
with

pauses as (

    select * from {{ ref('stg_events__pauses') }}

),

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }} where outcome = 'applied'

),

counted as (

    select
        pauses.*,
        contracts.contract_id is not null as is_contract_known,
        contracts.contract_id is not null
        and (contracts.owner_source is null or pauses.source = contracts.source) as is_counted,
        cancellations.last_service_date
    from pauses
    left join contracts on pauses.contract_id = contracts.contract_id
    left join cancellations on pauses.contract_id = cancellations.contract_id

),

ranked as (

    select
        counted.*,
        row_number() over (
            partition by
                counted.contract_id, counted.pause_id, counted.pause_step, counted.is_counted
            order by counted.occurred_at desc, counted.event_key desc
        ) as newest_first,
        {{ any_true('counted.is_counted') }} over (
            partition by counted.contract_id, counted.pause_id, counted.pause_step
        ) as is_confirmed
    from counted

),

paired as (

    select
        ranked.event_key,
        ranked.contract_id,
        ranked.source,
        ranked.pause_id,
        ranked.pause_step,
        ranked.effective_date,
        paused.effective_date as paused_date,
        paused.pause_mode,
        resumed.effective_date as resumed_date,
        resumed.occurred_at as resume_occurred_at,
        case
            when not ranked.is_contract_known then 'contract_unknown'
            when not ranked.is_counted and ranked.is_confirmed then 'announced_elsewhere'
            when not ranked.is_counted then 'unconfirmed'
            when ranked.newest_first > 1 then 'superseded'
            when paused.pause_id is null then 'pause_unknown'
            when resumed.effective_date <= paused.effective_date then 'empty_pause'
            when paused.effective_date > ranked.last_service_date then 'after_end'
            else 'applied'
        end as outcome
    from ranked
    left join ranked as paused
        on
            ranked.contract_id = paused.contract_id
            and ranked.pause_id = paused.pause_id
            and paused.pause_step = 'pause'
            and paused.is_counted
            and paused.newest_first = 1
    left join ranked as resumed
        on
            ranked.contract_id = resumed.contract_id
            and ranked.pause_id = resumed.pause_id
            and resumed.pause_step = 'resume'
            and resumed.is_counted
            and resumed.newest_first = 1

)

select * from paired
