-- One row per contract or document: does a change without an event wait for approval?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

changes as (

    select * from {{ source('exports', 'changes') }}

),

waiting as (

    select
        subject_key as change_key,
        min(sentence) as change_sentence,
        max(abs(amount_minor)) as change_minor
    from changes
    where status = 'pending'
    group by subject_key

),

findings as (

    select
        {{ finding(
            control_code="'CHANGE_APPROVAL'",
            is_passed='waiting.change_key is null',
            exception_code="'CHANGE_AWAITS_APPROVAL'",
            sentence="coalesce(waiting.change_sentence, subject_text || ' over ' || amount_text"
            " || ': a change of reference data, policy or code awaits approval.')",
            amount_minor='coalesce(waiting.change_minor, 0)',
            currency='currency',
        ) }}
    from subjects
    left join waiting on subjects.subject_key = waiting.change_key

)

select * from findings
