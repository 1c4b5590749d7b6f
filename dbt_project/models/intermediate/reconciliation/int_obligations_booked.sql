-- One row per performance obligation: from which day on it is part of the plan, and from which day
-- on its plan is cut short by the version that replaces it or by a cancellation. Terms are booked
-- when they are agreed, at the latest when they begin; what was agreed since the cut-off date
-- counts with it.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }} where outcome = 'applied'

),

events as (

    select * from {{ ref('events') }}

),

agreed as (

    select
        contract_versions.contract_id,
        contract_versions.contract_version_id,
        contract_versions.version_number,
        max(least(
            contract_versions.valid_from,
            {{ local_date('events.occurred_at', 'legal_entities.time_zone') }},
            contracts.cutoff_date
        )) over (
            partition by contract_versions.contract_id
            order by contract_versions.version_number
        ) as booked_date
    from contract_versions
    inner join contracts on contract_versions.contract_id = contracts.contract_id
    left join events on contract_versions.event_key = events.event_key
    left join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code

),

cancelled as (

    select
        cancellations.contract_id,
        least(
            cancellations.effective_date,
            {{ local_date('events.occurred_at', 'legal_entities.time_zone') }},
            contracts.cutoff_date
        ) as booked_date
    from cancellations
    inner join contracts on cancellations.contract_id = contracts.contract_id
    inner join events on cancellations.event_key = events.event_key
    left join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code

),

chained as (

    select
        *,
        lead(booked_date) over (
            partition by contract_id order by version_number
        ) as replaced_date
    from agreed

),

booked as (

    select
        obligations.performance_obligation_id,
        obligations.contract_id,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.cutoff_date,
        obligations.allocated_price_minor,
        obligations.total_days,
        obligations.start_date,
        obligations.end_date,
        obligations.last_service_date,
        chained.booked_date,
        coalesce(chained.replaced_date, cancelled.booked_date, {{ end_of_time() }})
            as cut_short_date
    from obligations
    inner join contracts on obligations.contract_id = contracts.contract_id
    inner join chained on obligations.contract_version_id = chained.contract_version_id
    left join cancelled on obligations.contract_id = cancelled.contract_id

)

select * from booked
