-- One row per contract: did its renewals pass their four checks?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

failed as (

    select
        new_contract_id as contract_id,
        count(*) as failed_count,
        min('renewal ' || renewal_id || ', ' || check_code || ': ' || sentence) as first_text
    from {{ ref('renewal_checks') }}
    where not is_passed
    group by new_contract_id

),

findings as (

    select
        {{ finding(
            control_code="'RENEWAL_CHECKED'",
            is_passed='failed.contract_id is null',
            exception_code="'RENEWAL_CHECK_FAILED'",
            sentence="subject_text || ' over ' || amount_text || ' fails '"
            " || cast(failed.failed_count as varchar) || ' of the checks of its renewal; '"
            " || failed.first_text || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join failed on subjects.subject_key = failed.contract_id

)

select * from findings
