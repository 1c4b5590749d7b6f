-- One row per document that follows an invoice: is the invoice it settles free of holds?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'document'

),

documents as (

    select * from {{ ref('int_documents') }} where document_type <> 'invoice'

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

failures as (

    select distinct
        subject_type as failed_type,
        subject_key as failed_key
    from {{ ref('int_control_findings') }}
    where not is_passed and subject_type in ('contract', 'document')

),

held_invoices as (

    select substr(failed_key, 9) as invoice_id
    from failures
    where failed_type = 'document' and failed_key like 'invoice:%'
    union
    select invoice_lines.invoice_id
    from invoice_lines
    inner join failures
        on failures.failed_type = 'contract' and invoice_lines.contract_id = failures.failed_key

),

blocked as (

    select
        documents.document_type || ':' || documents.document_id as blocked_key,
        documents.invoice_id
    from documents
    inner join held_invoices on documents.invoice_id = held_invoices.invoice_id

),

settling as (

    select subjects.*
    from subjects
    inner join documents
        on subjects.subject_key = documents.document_type || ':' || documents.document_id

),

findings as (

    select
        {{ finding(
            control_code="'INVOICE_FREE'",
            is_passed='blocked.blocked_key is null',
            exception_code="'CREDIT_BLOCKED_BY_INVOICE_ERROR'",
            sentence="subject_text || ' over ' || amount_text || ' waits because invoice '"
            " || blocked.invoice_id || ' is held.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from settling
    left join blocked on settling.subject_key = blocked.blocked_key

)

select * from findings
