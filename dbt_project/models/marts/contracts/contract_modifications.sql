-- One row per event that meant to change a contract, with what became of it.
-- Every contract event is either the one that created its contract or listed here.
with

changes as (

    select * from {{ ref('int_contract_changes') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

amendment_outcomes as (

    select * from {{ ref('amendment_outcomes') }}

),

totals as (

    select * from {{ ref('int_contract_version_totals') }}

),

chained as (

    select
        contract_versions.contract_version_id,
        contract_versions.contract_id,
        contract_versions.event_key,
        contract_versions.term_start_date = contract_versions.valid_from as is_new_term,
        lag(contract_versions.contract_version_id) over (
            partition by contract_versions.contract_id order by contract_versions.version_number
        ) as previous_version_id,
        lead(contract_versions.contract_version_id) over (
            partition by contract_versions.contract_id order by contract_versions.version_number
        ) is null as is_last
    from contract_versions

),

steps as (

    -- From which version to which: an amendment begins one, a cancellation ends the last.
    select
        changes.*,
        begun.contract_version_id as new_contract_version_id,
        coalesce(begun.is_new_term, false) as is_new_term,
        coalesce(begun.previous_version_id, ended.contract_version_id)
            as old_contract_version_id
    from changes
    left join chained as begun
        on changes.event_key = begun.event_key
    left join chained as ended
        on
            changes.contract_id = ended.contract_id
            and ended.is_last
            and changes.amendment_type = 'cancellation'
            and changes.outcome = 'applied'

),

contract_modifications as (

    select
        steps.event_key,
        steps.contract_id,
        steps.amendment_id,
        steps.amendment_type,
        steps.timing,
        steps.effective_date,
        case when steps.outcome = 'applied' then amendment_outcomes.treatment end
            as modification_treatment,
        steps.outcome,
        steps.old_contract_version_id,
        steps.new_contract_version_id,
        old_totals.product_codes as old_product_codes,
        new_totals.product_codes as new_product_codes,
        old_totals.plan_id as old_plan_id,
        new_totals.plan_id as new_plan_id,
        coalesce(new_totals.revenue_classification, old_totals.revenue_classification)
            as revenue_classification,
        case
            when steps.outcome = 'applied'
                then
                    coalesce(new_totals.version_price_minor, 0)
                    - case
                        when steps.is_new_term then 0
                        else coalesce(old_totals.unused_price_minor, 0)
                    end
        end as price_delta_minor
    from steps
    left join amendment_outcomes
        on
            steps.amendment_type = amendment_outcomes.amendment_type
            and steps.timing = amendment_outcomes.timing
    left join totals as old_totals
        on steps.old_contract_version_id = old_totals.contract_version_id
    left join totals as new_totals
        on steps.new_contract_version_id = new_totals.contract_version_id

)

select * from contract_modifications
