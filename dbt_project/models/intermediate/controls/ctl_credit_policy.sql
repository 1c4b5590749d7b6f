-- One row per credit memo: does policy allow it? A downgrade at renewal credits nothing before it,
-- and what concedes more than the company's limit has a request of support that was approved.
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

before_renewal as (

    select
        'credit:' || credit_lines.credit_id as credit_key,
        min(
            'contract ' || decisions.contract_id || ' is changed by ' || decisions.amendment_type
            || ' ' || decisions.amendment_id || ' at its renewal on ' || decisions.effective_date
            || ' (rule ' || decisions.rule_id || '), and nothing is to be credited on '
            || credit_lines.credit_date
        ) as refused_text
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

refused as (

    select
        credit_key,
        min(refused_text) as first_text
    from (
        select
            credit_key,
            refused_text
        from before_renewal
        union all
        select
            credit_key,
            refused_text
        from {{ ref('int_concessions_refused') }}
    ) as refusals
    group by credit_key

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
