-- One row per document: is it in the currency and legal entity of the contract or invoice it
-- refers to?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'document'

),

documents as (

    select * from {{ ref('int_documents') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

adjustment_lines as (

    select * from {{ ref('int_adjustment_lines_valued') }}

),

references_made as (

    select
        'invoice:' || invoice_lines.invoice_id as document_key,
        'contract ' || contracts.contract_id as reference_text,
        contracts.currency as reference_currency,
        contracts.legal_entity_code as reference_entity
    from invoice_lines
    inner join contracts on invoice_lines.contract_id = contracts.contract_id
    union
    select
        'adjustment:' || adjustment_lines.adjustment_id as document_key,
        'contract ' || contracts.contract_id as reference_text,
        contracts.currency as reference_currency,
        contracts.legal_entity_code as reference_entity
    from adjustment_lines
    inner join contracts on adjustment_lines.contract_id = contracts.contract_id
    union
    select
        documents.document_type || ':' || documents.document_id as document_key,
        'invoice ' || invoices.document_id as reference_text,
        invoices.currency as reference_currency,
        invoices.legal_entity_code as reference_entity
    from documents
    inner join documents as invoices
        on invoices.document_type = 'invoice' and documents.invoice_id = invoices.document_id
    where documents.document_type <> 'invoice'

),

mismatches as (

    select
        subjects.subject_key as document_key,
        min(
            references_made.reference_text || ' is in ' || references_made.reference_currency
            || ' of ' || references_made.reference_entity
        ) as mismatch_text
    from subjects
    inner join references_made on subjects.subject_key = references_made.document_key
    where
        subjects.currency is distinct from references_made.reference_currency
        or subjects.legal_entity_code is distinct from references_made.reference_entity
    group by subjects.subject_key

),

findings as (

    select
        {{ finding(
            control_code="'DOCUMENT_CURRENCY'",
            is_passed='mismatches.document_key is null',
            exception_code="'CURRENCY_MISMATCH'",
            sentence="subject_text || ' over ' || amount_text || ' of ' || legal_entity_code"
            " || ': ' || mismatches.mismatch_text || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join mismatches on subjects.subject_key = mismatches.document_key

)

select * from findings
