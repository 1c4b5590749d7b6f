-- One row per contract event: what became of it, and the span of days it decides.
with

created as (

    select * from {{ ref('int_contracts_created') }}

),

announced as (

    select * from {{ ref('int_contracts_announced') }}

),

amendments as (

    select * from {{ ref('int_contract_amendments_judged') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }}

),

pauses as (

    select * from {{ ref('int_contract_pauses_judged') }}

),

grants as (

    select * from {{ ref('int_prepaid_grants_judged') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

outcomes as (

    select
        created.event_key,
        created.contract_id,
        case when announced.event_key is null then 'repeated' else 'applied' end as outcome,
        'terms' as event_effect,
        cast(null as date) as takes_effect_on
    from created
    left join announced on created.event_key = announced.event_key
    union all
    select
        event_key,
        contract_id,
        outcome,
        'terms' as event_effect,
        cast(null as date) as takes_effect_on
    from amendments
    union all
    select
        event_key,
        contract_id,
        outcome,
        'end' as event_effect,
        effective_date as takes_effect_on
    from cancellations
    union all
    select
        event_key,
        contract_id,
        outcome,
        case pause_mode when 'suspend_extend' then 'suspension' else 'billing_pause' end
            as event_effect,
        effective_date as takes_effect_on
    from pauses
    union all
    select
        event_key,
        contract_id,
        outcome,
        case when price_minor = 0 then 'free_credit' else 'credit' end as event_effect,
        effective_date as takes_effect_on
    from grants

),

spanned as (

    select
        outcomes.event_key,
        outcomes.contract_id,
        case
            when
                outcomes.outcome = 'applied'
                and outcomes.event_effect = 'terms'
                and contract_versions.event_key is null
                then 'replaced_before_it_began'
            else outcomes.outcome
        end as outcome,
        outcomes.event_effect,
        coalesce(contract_versions.valid_from, outcomes.takes_effect_on) as decides_from,
        coalesce(contract_versions.valid_to, {{ end_of_time() }}) as decides_to
    from outcomes
    left join contract_versions on outcomes.event_key = contract_versions.event_key

)

select * from spanned
