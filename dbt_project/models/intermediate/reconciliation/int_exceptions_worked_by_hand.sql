-- One row per exception code and subject that a person did something about.
with

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

changes as (

    select * from {{ source('exports', 'changes') }}

),

holds as (

    select * from {{ ref('stg_events__holds') }} where is_released

),

unioned as (

    select
        'POSTING_AWAITS_APPROVAL' as code,
        document_key as subject_key
    from journal_entries
    where approved_by is not null
    union
    select
        'CHANGE_AWAITS_APPROVAL' as code,
        subject_key
    from changes
    where status = 'approved'
    union
    select
        'HELD_BY_OPERATOR' as code,
        subject_key
    from holds
    union
    select
        'HOLD_SUBJECT_UNKNOWN' as code,
        hold_id as subject_key
    from holds

)

select * from unioned
