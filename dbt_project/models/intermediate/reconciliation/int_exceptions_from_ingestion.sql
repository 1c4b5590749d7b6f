-- One row per exception about what came in: rows not accepted, files with another number of rows
-- than their source states, corrections of usage that has not come, attributes two systems claim,
-- and holds of something nobody knows.
with

quarantine as (

    select * from {{ ref('stg_events__quarantine') }}

),

manifest as (

    -- The last time a file came, and the last count that its source states of it.
    select * from {{ source('raw', 'manifest') }}
    where entry_kind in ('landing', 'stated')
    qualify row_number() over (
        partition by entry_kind, source, landed_path order by manifest_number desc
    ) = 1

),

ownership_conflicts as (

    select * from {{ ref('ownership_conflicts') }}

),

holds as (

    select * from {{ ref('stg_events__holds') }} where not is_released

),

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

waiting_corrections as (

    select * from {{ ref('usage_corrections') }} where status <> 'applied'

),

refused as (

    select
        reason_code as code,
        source,
        coalesce(source || ':' || event_id, landed_path) as subject_key,
        case when event_id is null then 'landed_file' else 'event' end as subject_type,
        {{ value_at_smallest(
            'sentence', "concat_ws(' ', landed_path, lpad(cast(landed_line as varchar), 12, '0'))"
        ) }}
            as sentence,
        count(*) as row_count,
        min(landed_path) as landed_path,
        min(landed_line) as landed_line,
        min(known_at) as opened_at
    from quarantine
    group by 1, 2, 3, 4

),

miscounted as (

    select
        stated.source,
        stated.landed_path,
        stated.known_at,
        stated.landed_count as stated_count,
        coalesce(landed.landed_count, 0) as landed_count
    from manifest as stated
    left join manifest as landed
        on
            stated.landed_path = landed.landed_path
            and stated.source is not distinct from landed.source
            and landed.entry_kind = 'landing'
    where
        stated.entry_kind = 'stated'
        and stated.landed_count <> coalesce(landed.landed_count, 0)

),

unioned as (

    select
        'quarantine' as origin,
        code,
        subject_type,
        subject_key,
        sentence
        || ' (' || landed_path || coalesce(', line ' || landed_line, '')
        || case when row_count > 1 then '; ' || row_count || ' rows in all' else '' end
        || ')' as sentence,
        opened_at
    from refused

    union all

    select
        'manifest' as origin,
        'INPUT_CONTROL_DIFFERENCE' as code,
        'landed_file' as subject_type,
        landed_path as subject_key,
        'File ' || landed_path || ' of ' || coalesce(source, 'no source') || ': its source states '
        || {{ count_text('stated_count') }} || ' rows, ' || {{ count_text('landed_count') }}
        || ' landed: ' || {{ count_text('abs(stated_count - landed_count)') }}
        || case when stated_count > landed_count then ' too few.' else ' too many.' end as sentence,
        known_at as opened_at
    from miscounted

    union all

    select
        'usage_correction' as origin,
        'USAGE_CORRECTION_WAITS' as code,
        'event' as subject_type,
        usage_correction_key as subject_key,
        'Usage event ' || event_id || ' of ' || source || ' says that ' || corrected_event_id
        || ' is ' || correction || ', '
        || case status
            when 'waiting' then 'which has not come: when it comes it will not count.'
            else 'which is a cancellation itself: nothing takes one back.'
        end as sentence,
        known_at as opened_at
    from waiting_corrections

    union all

    select
        'ownership' as origin,
        'OWNERSHIP_CONFLICT' as code,
        object as subject_type,
        key || ':' || attribute as subject_key,
        'The ' || attribute || ' of ' || object || ' ' || key || ' is '
        || coalesce(winning_value, 'not set') || ' in ' || winning_source || ', which owns it, and '
        || coalesce(other_value, 'not set') || ' in ' || other_source || '.' as sentence,
        cast(null as timestamp) as opened_at
    from ownership_conflicts

    union all

    select
        'hold' as origin,
        'HOLD_SUBJECT_UNKNOWN' as code,
        'hold' as subject_type,
        holds.hold_id as subject_key,
        'Hold ' || holds.hold_id || ' of ' || holds.placed_by || ' names ' || holds.subject_type
        || ' ' || holds.subject_key || ', which is not known: it holds nothing.' as sentence,
        holds.known_at as opened_at
    from holds
    left join subjects
        on
            holds.subject_type = subjects.subject_type
            and holds.subject_key = subjects.subject_key
    where subjects.subject_key is null

)

select * from unioned
