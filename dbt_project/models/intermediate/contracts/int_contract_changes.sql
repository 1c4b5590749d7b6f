-- One row per event that meant to change a contract: amendments, cancellations, pauses, and
-- announcements of a contract that another event had created.
with

amendments as (

    select * from {{ ref('int_contract_amendments_judged') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }}

),

pauses as (

    select * from {{ ref('int_contract_pauses_judged') }}

),

announced as (

    select * from {{ ref('int_contracts_announced') }}

),

created as (

    select * from {{ ref('int_contracts_created') }}

),

changes as (

    select
        amendments.event_key,
        amendments.contract_id,
        amendments.amendment_id,
        amendments.amendment_type,
        amendments.timing,
        amendments.effective_date,
        amendments.outcome
    from amendments
    union all
    select
        cancellations.event_key,
        cancellations.contract_id,
        null as amendment_id,
        'cancellation' as amendment_type,
        cancellations.cancellation_policy as timing,
        cancellations.effective_date,
        cancellations.outcome
    from cancellations
    union all
    select
        pauses.event_key,
        pauses.contract_id,
        pauses.pause_id as amendment_id,
        pauses.pause_step as amendment_type,
        pauses.pause_mode as timing,
        pauses.effective_date,
        pauses.outcome
    from pauses
    union all
    select
        created.event_key,
        created.contract_id,
        null as amendment_id,
        'new' as amendment_type,
        null as timing,
        created.term_start_date as effective_date,
        'already_announced' as outcome
    from created
    left join announced on created.event_key = announced.event_key
    where announced.event_key is null

)

select * from changes
