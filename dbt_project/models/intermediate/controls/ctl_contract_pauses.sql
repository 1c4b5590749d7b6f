-- One row per contract: is every pause known that a resume ends? Without it, days on which no
-- service was given would count as served.
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

unpaired as (

    select
        contract_id,
        min('pause ' || pause_id || ' on ' || cast(effective_date as varchar)) as first_text
    from {{ ref('int_contract_pauses_judged') }}
    where outcome = 'pause_unknown'
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'PAUSE_KNOWN'",
            is_passed='unpaired.contract_id is null',
            exception_code="'PAUSE_MISSING'",
            sentence="subject_text || ' over ' || amount_text || ': service resumed from '"
            " || unpaired.first_text || ', and nobody announced that pause.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join unpaired on subjects.subject_key = unpaired.contract_id

)

select * from findings
