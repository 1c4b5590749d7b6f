{#- Step: whether a change needs it, since when it is done, who did it, what shows it. -#}
{%- set steps = {
    'received': ('true', 'received_at', 'received_from', 'event_type'),
    'complete': ('true', 'complete_at', 'source', 'cast(null as varchar)'),
    'approved': ('true', 'approved_at', 'source', 'rule_id'),
    'priced': ('true', 'priced_at', "'tieout'", 'contract_version_id'),
    'billed': ('needs_bill', 'billed_at', 'billed_by', 'document'),
    'taxed': ('needs_bill', 'taxed_at', 'billed_by', 'document'),
    'scheduled': ('needs_schedule', 'priced_at', "'tieout'", 'contract_version_id'),
    'journaled': ('needs_entries', 'journaled_at', "'tieout'", 'cast(null as varchar)'),
    'posted': ('needs_entries', 'posted_at', 'erp_code', 'cast(null as varchar)'),
} -%}
-- One row per change of a contract and step of its workflow.
with

facts as (

    select
        facts.*,
        legal_entities.erp_code,
        facts.decides_from > legal_entities.cutoff_date as is_in_the_future,
        facts.document_type || ' ' || facts.document_id as document
    from {{ ref('int_workflow_facts') }} as facts
    left join {{ ref('int_legal_entities') }} as legal_entities
        on facts.legal_entity_code = legal_entities.legal_entity_code

),

step_codes as (

    select * from {{ ref('workflow_step_codes') }}

),

done as (

    {% for step, (is_needed, done_at, done_by, evidence) in steps.items() %}
        select
            workflow_key,
            '{{ step }}' as step_code,
            {{ is_needed }} as is_needed,
            case when {{ is_needed }} then {{ done_at }} end as done_at,
            {{ done_by }} as done_by,
            {{ evidence }} as evidence
        from facts
        {{ "union all" if not loop.last }}
    {% endfor %}

),

placed as (

    select
        done.*,
        step_codes.position,
        step_codes.title,
        step_codes.owner,
        min(case when done.is_needed and done.done_at is null then step_codes.position end)
            over (partition by done.workflow_key) as open_position
    from done
    inner join step_codes on done.step_code = step_codes.step_code

),

final as (

    select
        placed.workflow_key || '|' || placed.step_code as workflow_step_key,
        placed.workflow_key,
        facts.contract_id,
        facts.amendment_id,
        placed.step_code,
        placed.position,
        placed.title,
        placed.owner,
        case
            when not placed.is_needed then 'not_needed'
            when placed.done_at is not null then 'done'
            when not facts.is_standing then 'stopped'
            when placed.position > placed.open_position then 'waiting'
            when facts.hold_code is not null then 'held'
            when facts.is_in_the_future then 'not_due'
            else 'open'
        end as step_state,
        placed.done_at,
        case when placed.done_at is not null then placed.done_by end as done_by,
        case when placed.done_at is not null then placed.evidence end as evidence
    from placed
    inner join facts on placed.workflow_key = facts.workflow_key

)

select * from final
