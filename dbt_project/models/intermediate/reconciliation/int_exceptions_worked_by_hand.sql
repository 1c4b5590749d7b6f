-- One row per exception code, subject and decision of a person about it.
-- An acceptance counts for the time the exception was open then (decided_at); every other decision
-- is about what waits for it, whenever that is.
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

acceptances as (

    select * from {{ ref('stg_events__exception_acceptances') }}

),

unioned as (

    select
        'POSTING_AWAITS_APPROVAL' as code,
        document_key as subject_key,
        cast(null as timestamp) as decided_at
    from journal_entries
    where approved_by is not null
    union
    select
        'CHANGE_AWAITS_APPROVAL' as code,
        subject_key,
        cast(null as timestamp) as decided_at
    from changes
    where status = 'approved'
    union
    select
        'HELD_BY_OPERATOR' as code,
        subject_key,
        cast(null as timestamp) as decided_at
    from holds
    union
    select
        'HOLD_SUBJECT_UNKNOWN' as code,
        hold_id as subject_key,
        cast(null as timestamp) as decided_at
    from holds
    union
    select
        split_part(exception_key, '|', 1) as code,
        {{ exception_subject('exception_key') }} as subject_key,
        known_at as decided_at
    from acceptances

)

select * from unioned
