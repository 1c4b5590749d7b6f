-- One row per credit memo: is a change in force that lets unearned service be credited, when one
-- waits for the renewal? A downgrade at renewal credits nothing before it.
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and subject_key like 'credit:%'

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis = 'modification'

),

decisions as (

    select * from {{ ref('amendment_decisions') }}

),

allowed as (

    select distinct
        credit_lines.credit_id,
        credit_lines.contract_id
    from credit_lines
    inner join decisions
        on
            credit_lines.contract_id = decisions.contract_id
            and decisions.allows_credit
            and credit_lines.credit_date >= decisions.effective_date

),

refused as (

    select
        'credit:' || credit_lines.credit_id as credit_key,
        min(
            'contract ' || decisions.contract_id || ' is changed by ' || decisions.amendment_type
            || ' ' || decisions.amendment_id || ' at its renewal on ' || decisions.effective_date
            || ' (rule ' || decisions.rule_id || '), and nothing is to be credited on '
            || credit_lines.credit_date
        ) as first_text
    from credit_lines
    inner join decisions
        on
            credit_lines.contract_id = decisions.contract_id
            and decisions.timing = 'at_renewal'
            and not decisions.allows_credit
            and credit_lines.credit_date < decisions.effective_date
    left join allowed
        on
            credit_lines.credit_id = allowed.credit_id
            and credit_lines.contract_id = allowed.contract_id
    where allowed.credit_id is null
    group by credit_lines.credit_id

),

findings as (

    select
        {{ finding(
            control_code="'CREDIT_POLICY'",
            is_passed='refused.credit_key is null',
            exception_code="'CREDIT_NOT_ALLOWED_BY_POLICY'",
            sentence="subject_text || ' over ' || amount_text || ': ' || refused.first_text || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join refused on subjects.subject_key = refused.credit_key

)

select * from findings
