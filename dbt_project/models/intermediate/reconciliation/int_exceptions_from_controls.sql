-- One row per failed control and subject, as an exception.
with

control_results as (

    select * from {{ ref('control_results') }} where not is_passed

),

contracts as (

    select * from {{ ref('contracts') }}

),

billing_documents as (

    select * from {{ ref('int_billing_documents') }}

),

events as (

    select * from {{ source('raw', 'events') }}

),

subjects as (

    select
        'contract' as subject_type,
        contracts.contract_id as subject_key,
        events.known_at
    from contracts
    left join events on contracts.created_event_key = events.event_key
    union all
    select
        case when is_first then 'document' else 'claim' end as subject_type,
        case when is_first then subject_key else subject_key || ':' || event_key end
            as subject_key,
        known_at
    from billing_documents

),

final as (

    select
        control_results.control_code as origin,
        control_results.exception_code as code,
        control_results.subject_type,
        control_results.subject_key,
        control_results.sentence,
        control_results.owner,
        control_results.next_step,
        control_results.amount_minor,
        control_results.currency,
        control_results.legal_entity_code,
        subjects.known_at as opened_at
    from control_results
    left join subjects
        on
            control_results.subject_type = subjects.subject_type
            and control_results.subject_key = subjects.subject_key

)

select * from final
