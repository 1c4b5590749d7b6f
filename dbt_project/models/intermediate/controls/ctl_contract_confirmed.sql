-- One row per contract: has the system that owns its terms confirmed it?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

contracts as (

    select
        contract_id,
        is_confirmed
    from {{ ref('contracts') }}

),

findings as (

    select
        {{ finding(
            control_code="'CONTRACT_CONFIRMED'",
            is_passed='coalesce(contracts.is_confirmed, false)',
            exception_code="'CONTRACT_NOT_CONFIRMED'",
            sentence="subject_text || ' over ' || amount_text || ' was announced by ' || source"
            " || ', which is not the system of record for contract terms.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    inner join contracts on subjects.subject_key = contracts.contract_id

)

select * from findings
