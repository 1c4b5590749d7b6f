-- One row per event that changes a contract: which rule decided, from what, and what it decided.
-- The decision is a function of its inputs alone, so a replay decides the same.
with

modifications as (

    select * from {{ ref('contract_modifications') }} where amendment_type <> 'new'

),

contracts as (

    select * from {{ ref('contracts') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

amendment_outcomes as (

    select * from {{ ref('amendment_outcomes') }}

),

ends as (

    -- The end of the terms that were in force on the day before.
    select
        modifications.event_key,
        contract_versions.term_end_date as running_term_end_date
    from modifications
    inner join contract_versions
        on
            modifications.contract_id = contract_versions.contract_id
            and modifications.effective_date > contract_versions.valid_from
            and modifications.event_key <> contract_versions.event_key
    qualify row_number() over (
        partition by modifications.event_key order by contract_versions.version_number desc
    ) = 1

),

decided as (

    select
        modifications.event_key,
        modifications.contract_id,
        modifications.amendment_id,
        modifications.amendment_type,
        modifications.timing,
        modifications.effective_date,
        ends.running_term_end_date,
        contracts.customer_id,
        contracts.legal_entity_code,
        contracts.currency,
        amendment_outcomes.rule_id,
        concat_ws(
            '; ',
            'type=' || modifications.amendment_type,
            'timing=' || modifications.timing,
            'effective_date=' || modifications.effective_date,
            'term_ends=' || ends.running_term_end_date,
            'standing=' || modifications.outcome
        ) as inputs,
        case
            when modifications.outcome <> 'applied' then modifications.outcome
            when
                modifications.timing = 'at_renewal'
                and modifications.effective_date <= ends.running_term_end_date
                then 'timing_conflict'
            else amendment_outcomes.outcome
        end as decision,
        modifications.modification_treatment as treatment,
        modifications.outcome = 'applied' and amendment_outcomes.allows_credit as allows_credit
    from modifications
    left join amendment_outcomes
        on
            modifications.amendment_type = amendment_outcomes.amendment_type
            and modifications.timing = amendment_outcomes.timing
    left join contracts on modifications.contract_id = contracts.contract_id
    left join ends on modifications.event_key = ends.event_key

)

select * from decided
