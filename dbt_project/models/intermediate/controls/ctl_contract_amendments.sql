-- One row per contract: has every amendment of it that is in effect what its pricing needs?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

missing as (

    -- What another control asks for, such as the customer, holds under that control's code. An
    -- invoice that has not come is no reason to hold: revenue does not wait for it.
    select
        contract_id,
        count(*) as missing_count,
        min(
            amendment_type || ' ' || amendment_id || ' in effect since ' || effective_from
            || ' has no ' || replace(field_code, '_', ' ') || coalesce(' for ' || detail, '')
        ) as first_text
    from {{ ref('int_amendment_fields') }}
    where not is_present and is_in_effect and exception_code = 'AMENDMENT_INCOMPLETE'
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'AMENDMENT_COMPLETE'",
            is_passed='missing.contract_id is null',
            exception_code="'AMENDMENT_INCOMPLETE'",
            sentence="subject_text || ' over ' || amount_text || ' lacks '"
            " || cast(missing.missing_count as varchar) || ' field'"
            " || case missing.missing_count when 1 then '' else 's' end"
            " || ' of its amendments: ' || missing.first_text || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join missing on subjects.subject_key = missing.contract_id

)

select * from findings
