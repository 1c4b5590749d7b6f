-- One row per contract: is its currency one we know the minor unit of?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

findings as (

    select
        {{ finding(
            control_code="'CONTRACT_CURRENCY'",
            is_passed='is_currency_known',
            exception_code="'CURRENCY_UNKNOWN'",
            sentence="subject_text || ' is in the unknown currency ''' || coalesce(currency, '')"
            " || '''.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects

)

select * from findings
