-- One row per contract or document: is every account role it needs mapped to an account?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

entries as (

    select * from {{ ref('int_subledger_entries_mapped') }}

),

unmapped as (

    select
        case when document_type is null then 'contract' else 'document' end
            as mapping_subject_type,
        case
            when document_type is null then contract_id
            else document_type || ':' || document_id
        end as mapping_subject_key,
        min(
            account_role || coalesce(' of product ' || product_code, '')
        ) as role_text,
        min(origin_period) as first_period,
        sum(abs(amount_minor)) as unmapped_minor
    from entries
    where account_code is null and functional_currency is not null
    group by 1, 2

),

findings as (

    select
        {{ finding(
            control_code="'GL_MAPPING'",
            is_passed='unmapped.mapping_subject_key is null',
            exception_code="'GL_MAPPING_MISSING'",
            sentence="subject_text || ' over ' || amount_text || ': ' || legal_entity_code"
            " || ' has no account for ' || replace(unmapped.role_text, '_', ' ')"
            " || ' in ' || unmapped.first_period || '.'",
            amount_minor='coalesce(unmapped.unmapped_minor, amount_minor)',
            currency='currency',
        ) }}
    from subjects
    left join unmapped
        on
            subjects.subject_type = unmapped.mapping_subject_type
            and subjects.subject_key = unmapped.mapping_subject_key

)

select * from findings
