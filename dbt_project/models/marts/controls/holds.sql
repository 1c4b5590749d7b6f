-- One row per contract or document that a blocking control holds back, with its first reason.
with

results as (

    select * from {{ ref('control_results') }}
    where not is_passed and subject_type in ('contract', 'document')

),

control_points as (

    select * from {{ ref('control_points') }} where is_blocking

),

holds as (

    select
        results.subject_type,
        results.subject_key,
        results.exception_code as hold_code,
        results.sentence
    from results
    inner join control_points on results.control_code = control_points.control_code
    qualify row_number() over (
        partition by results.subject_type, results.subject_key
        order by control_points.priority
    ) = 1

)

select * from holds
