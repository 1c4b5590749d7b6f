-- One row per contract or document: does nobody hold it back?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

active_holds as (

    select
        subject_type as held_type,
        subject_key as held_key,
        hold_id,
        reason,
        placed_by
    from {{ ref('stg_events__holds') }}
    where not is_released
    qualify row_number() over (
        partition by subject_type, subject_key
        order by occurred_at, event_key
    ) = 1

),

findings as (

    select
        {{ finding(
            control_code="'OPERATOR_HOLD'",
            is_passed='active_holds.held_key is null',
            exception_code="'HELD_BY_OPERATOR'",
            sentence="subject_text || ' over ' || amount_text || ' is held by ' || placed_by"
            " || ' (' || hold_id || '): ' || reason",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join active_holds
        on
            subjects.subject_type = active_holds.held_type
            and subjects.subject_key = active_holds.held_key

)

select * from findings
