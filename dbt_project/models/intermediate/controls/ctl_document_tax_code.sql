-- One row per invoice or credit memo: is every tax code declared for the legal entity on its date?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and split_part(subject_key, ':', 1) in ('invoice', 'credit')

),

tax_codes as (

    select * from {{ ref('stg_reference__tax_codes') }}

),

lines as (

    select
        'invoice:' || invoice_id as document_key,
        legal_entity_code,
        invoice_date as document_date,
        tax_code,
        tax_minor
    from {{ ref('int_invoice_lines_valued') }}
    union all
    select
        'credit:' || credit_id as document_key,
        legal_entity_code,
        credit_date as document_date,
        tax_code,
        tax_minor
    from {{ ref('int_credit_lines_valued') }}
    where document_type = 'credit'

),

undeclared as (

    select
        lines.document_key,
        min(coalesce(lines.tax_code, '(none)')) as tax_code
    from lines
    left join tax_codes
        on
            lines.legal_entity_code = tax_codes.legal_entity_code
            and lines.tax_code = tax_codes.tax_code
            and lines.document_date >= tax_codes.valid_from
            and lines.document_date < tax_codes.valid_to
    where
        tax_codes.tax_code is null
        and (lines.tax_code is not null or lines.tax_minor is distinct from 0)
    group by lines.document_key

),

findings as (

    select
        {{ finding(
            control_code="'TAX_CODE'",
            is_passed='undeclared.document_key is null',
            exception_code="'TAX_CODE_UNKNOWN'",
            sentence="subject_text || ' over ' || amount_text || ' uses the tax code '"
            " || undeclared.tax_code || ', which is not declared for ' || legal_entity_code"
            " || ' on its date.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join undeclared on subjects.subject_key = undeclared.document_key

)

select * from findings
