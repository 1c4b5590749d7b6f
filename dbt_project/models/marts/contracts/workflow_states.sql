{%- set steps = [
    'received', 'complete', 'approved', 'priced', 'billed', 'taxed', 'scheduled', 'journaled',
    'posted',
] -%}
-- One row per change of a contract (its creation, an amendment or renewal, a cancellation, a pause
-- or its end), from facts only: how far it has come, since when, and whose the next step is.
-- depends_on: {{ ref('workflow_transitions') }} (its states are tested against the policy)
with

facts as (

    select
        *,
        case when is_standing then hold_code else upper(outcome) end as state_code
    from {{ ref('int_workflow_facts') }}

),

steps as (

    select * from {{ ref('workflow_steps') }}

),

exceptions as (

    select
        code,
        subject_key,
        min(first_seen_at) as first_seen_at
    from {{ ref('exceptions') }}
    where subject_type in ('contract', 'document')
    group by code, subject_key

),

open_steps as (

    select * from steps where step_state in ('open', 'held', 'not_due')

),

reached as (

    -- The last step before the first one that is open; what is not needed is passed.
    select
        steps.workflow_key,
        steps.step_code,
        max(steps.done_at) over (partition by steps.workflow_key) as reached_at
    from steps
    left join open_steps on steps.workflow_key = open_steps.workflow_key
    where open_steps.position is null or steps.position < open_steps.position
    qualify row_number() over (
        partition by steps.workflow_key order by steps.position desc
    ) = 1

),

instants as (

    select
        {%- for step in steps %}
            max(done_at) filter (where step_code = '{{ step }}') as {{ step }}_at,
        {%- endfor %}
        workflow_key
    from steps
    group by workflow_key

),

final as (

    select
        facts.workflow_key,
        facts.contract_id,
        facts.change_kind,
        facts.amendment_id,
        coalesce(facts.amendment_type, 'new') as amendment_type,
        facts.decides_from as effective_date,
        facts.legal_entity_code,
        facts.correlation_id,
        facts.event_key,
        cast(facts.event_count as bigint) as event_count,
        facts.rule_id,
        case
            when facts.outcome in ('after_end', 'empty_term', 'empty_pause') then 'refused'
            when not facts.is_standing then 'withdrawn'
            when facts.hold_code is not null then 'held'
            when open_steps.step_code is null and not facts.needs_entries then 'no_effect'
            else reached.step_code
        end as state,
        facts.state_code,
        case
            when facts.hold_code is not null
                then coalesce(exceptions.first_seen_at, facts.received_at)
            when not facts.is_standing then facts.known_at
            else reached.reached_at
        end as state_since,
        {%- for step in steps %}
            instants.{{ step }}_at,
        {%- endfor %}
        open_steps.step_code as next_step,
        open_steps.title as next_step_title,
        open_steps.owner as next_step_owner,
        open_steps.step_state = 'not_due' as is_not_due
    from facts
    inner join reached on facts.workflow_key = reached.workflow_key
    inner join instants on facts.workflow_key = instants.workflow_key
    left join open_steps on facts.workflow_key = open_steps.workflow_key
    left join exceptions
        on
            facts.hold_code = exceptions.code
            and exceptions.subject_key
            = case
                when facts.contract_hold_code is not null then facts.contract_id
                else facts.document_type || ':' || facts.document_id
            end

)

select * from final
