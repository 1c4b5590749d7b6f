-- One row per invoice or credit memo: is its total the sum of its lines and their taxes?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'document'

),

documents as (

    select * from {{ ref('int_documents') }} where document_type in ('invoice', 'credit')

),

lines as (

    select
        'invoice:' || invoice_id as document_key,
        net_minor,
        tax_minor
    from {{ ref('int_invoice_lines_valued') }}
    union all
    select
        'credit:' || credit_id as document_key,
        net_minor,
        tax_minor
    from {{ ref('int_credit_lines_valued') }}
    where document_type = 'credit'

),

totals as (

    select
        document_key,
        {{ sum_or_unknown('net_minor + tax_minor') }} as lines_minor,
        {{ sum_or_unknown('tax_minor') }} as lines_tax_minor
    from lines
    group by document_key

),

compared as (

    select
        subjects.*,
        documents.total_minor,
        documents.tax_total_minor,
        documents.transaction_exponent,
        coalesce(totals.lines_minor, 0) as lines_minor,
        coalesce(totals.lines_tax_minor, 0) as lines_tax_minor
    from subjects
    inner join documents
        on subjects.subject_key = documents.document_type || ':' || documents.document_id
    left join totals on subjects.subject_key = totals.document_key

),

findings as (

    select
        {{ finding(
            control_code="'DOCUMENT_TOTALS'",
            is_passed='coalesce(total_minor = lines_minor and tax_total_minor = lines_tax_minor, '
            ~ 'false)',
            exception_code="'DOCUMENT_TOTAL_MISMATCH'",
            sentence="case when total_minor = lines_minor then subject_text || ': tax '"
            " || " ~ amount_text('tax_total_minor', 'transaction_exponent', 'currency')
            ~ " || ' in all, ' || " ~ amount_text(
                'lines_tax_minor', 'transaction_exponent', 'currency'
            ) ~ " || ' on its lines.' else"
            " coalesce(subject_text || ': total ' || amount_text || ', lines and taxes '"
            " || " ~ amount_text('lines_minor', 'transaction_exponent', 'currency')
            ~ " || ', ' || " ~ amount_text(
                'total_minor - lines_minor', 'transaction_exponent', 'currency'
            ) ~ " || ' unexplained.', subject_text || ': the total is unknown.') end",
            amount_minor='coalesce(case when total_minor = lines_minor then amount_minor '
            ~ 'else total_minor - lines_minor end, amount_minor)',
            currency='currency',
        ) }}
    from compared

)

select * from findings
