-- One row per contract or document: is its legal entity one of the company's?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

legal_entities as (

    select legal_entity_code as known_code from {{ ref('int_legal_entities') }}

),

findings as (

    select
        {{ finding(
            control_code="'LEGAL_ENTITY'",
            is_passed='legal_entities.known_code is not null',
            exception_code="'LEGAL_ENTITY_UNKNOWN'",
            sentence="subject_text || ' over ' || amount_text || ' names the legal entity '''"
            " || coalesce(legal_entity_code, '') || ''', which the company does not have.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join legal_entities on subjects.legal_entity_code = legal_entities.known_code

)

select * from findings
