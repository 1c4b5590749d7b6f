-- One row per change of a contract (its creation, an amendment, a cancellation, a pause or its
-- end), however many events announce it: the event that counts, and what became of it.
with

outcomes as (

    select * from {{ ref('int_contract_event_outcomes') }}
    where event_effect not in ('credit', 'free_credit')

),

modifications as (

    select
        *,
        case
            when amendment_type in ('cancellation', 'pause', 'resume') then amendment_type
            else 'amendment'
        end as change_kind
    from {{ ref('contract_modifications') }}
    where amendment_type <> 'new'

),

decisions as (

    select * from {{ ref('amendment_decisions') }}

),

dispositions as (

    select * from {{ ref('int_contract_event_dispositions') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

version_totals as (

    select
        contract_versions.event_key,
        contract_versions.contract_version_id,
        totals.version_price_minor
    from {{ ref('contract_versions') }} as contract_versions
    left join {{ ref('int_contract_version_totals') }} as totals
        on contract_versions.contract_version_id = totals.contract_version_id

),

events as (

    select * from {{ source('raw', 'events') }}

),

announced as (

    select
        outcomes.event_key,
        outcomes.contract_id,
        outcomes.outcome,
        outcomes.event_effect,
        outcomes.decides_to,
        coalesce(outcomes.decides_from, modifications.effective_date) as decides_from,
        coalesce(modifications.change_kind, 'creation') as change_kind,
        concat_ws(
            '|', outcomes.contract_id, coalesce(modifications.change_kind, 'creation'),
            modifications.amendment_id
        ) as workflow_key,
        modifications.amendment_id,
        modifications.amendment_type,
        modifications.price_delta_minor,
        events.source,
        events.event_type,
        events.occurred_at,
        events.known_at,
        coalesce(events.correlation_id, contracts.correlation_id) as correlation_id,
        case
            when outcomes.outcome = 'applied' then 1
            when outcomes.outcome = 'unconfirmed' then 2
            when outcomes.outcome in ('contract_unknown', 'pause_unknown') then 3
            when outcomes.outcome in ('announced_elsewhere', 'repeated') then 5
            else 4
        end as standing
    from outcomes
    inner join events on outcomes.event_key = events.event_key
    left join contracts on outcomes.contract_id = contracts.contract_id
    left join modifications on outcomes.event_key = modifications.event_key

),

counted as (

    select
        announced.*,
        min(announced.known_at) over (partition by announced.workflow_key) as received_at,
        first_value(announced.source) over (
            partition by announced.workflow_key
            order by announced.known_at, announced.occurred_at, announced.event_key
        ) as received_from,
        min(announced.occurred_at) over (partition by announced.workflow_key) as announced_at,
        count(*) over (partition by announced.workflow_key) as event_count
    from announced
    qualify row_number() over (
        partition by announced.workflow_key
        order by
            announced.standing asc,
            announced.known_at desc,
            announced.occurred_at desc,
            announced.event_key asc
    ) = 1

),

final as (

    select
        counted.*,
        counted.standing <= 3 as is_standing,
        version_totals.contract_version_id,
        decisions.rule_id,
        decisions.decision,
        decisions.allows_credit,
        contracts.customer_id,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.cancellation_policy,
        dispositions.disposition_rank,
        case
            when counted.change_kind = 'creation' then version_totals.version_price_minor
            else counted.price_delta_minor
        end as value_minor
    from counted
    left join version_totals on counted.event_key = version_totals.event_key
    left join decisions on counted.event_key = decisions.event_key
    left join contracts on counted.contract_id = contracts.contract_id
    left join dispositions on counted.event_key = dispositions.event_key

)

select * from final
