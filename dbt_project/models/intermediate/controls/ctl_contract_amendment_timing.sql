-- One row per contract: does every change at renewal lie after the term it waits for?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

conflicts as (

    select
        contract_id,
        min(
            amendment_type || ' ' || amendment_id || ' at renewal is effective on '
            || effective_date || ', and the term runs until ' || running_term_end_date
        ) as first_text
    from {{ ref('amendment_decisions') }}
    where decision = 'timing_conflict'
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'AMENDMENT_TIMING'",
            is_passed='conflicts.contract_id is null',
            exception_code="'AMENDMENT_TIMING_CONFLICT'",
            sentence="subject_text || ' over ' || amount_text || ': ' || conflicts.first_text"
            " || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join conflicts on subjects.subject_key = conflicts.contract_id

)

select * from findings
