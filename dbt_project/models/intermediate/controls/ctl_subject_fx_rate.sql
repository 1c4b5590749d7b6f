-- One row per contract or document: does every amount have a rate to the functional currency?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

entries as (

    select * from {{ ref('int_subledger_entries_unioned') }}

),

unconverted as (

    select
        case when document_type is null then 'contract' else 'document' end as rate_subject_type,
        case
            when document_type is null then contract_id
            else document_type || ':' || document_id
        end as rate_subject_key,
        min(transaction_currency || ' to ' || functional_currency) as pair_text,
        min(effect_date) as first_date,
        max(abs(amount_minor)) as unconverted_minor
    from entries
    where
        functional_amount_minor is null
        and amount_minor is not null
        and functional_currency is not null
    group by 1, 2

),

findings as (

    select
        {{ finding(
            control_code="'FX_RATE'",
            is_passed='unconverted.rate_subject_key is null',
            exception_code="'MISSING_FX_RATE'",
            sentence="subject_text || ' over ' || amount_text || ': no rate from '"
            " || unconverted.pair_text || ' on ' || cast(unconverted.first_date as varchar)"
            " || '.'",
            amount_minor='coalesce(unconverted.unconverted_minor, amount_minor)',
            currency='currency',
        ) }}
    from subjects
    left join unconverted
        on
            subjects.subject_type = unconverted.rate_subject_type
            and subjects.subject_key = unconverted.rate_subject_key

)

select * from findings
