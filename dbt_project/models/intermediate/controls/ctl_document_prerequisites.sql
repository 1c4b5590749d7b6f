-- One row per document: is the contract or invoice it refers to known?
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

    select contract_id from {{ ref('contracts') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

adjustment_lines as (

    select * from {{ ref('int_adjustment_lines_valued') }} where contract_id is not null

),

orphans as (

    select
        'document' as orphan_type,
        'invoice:' || invoice_lines.invoice_id as orphan_key,
        min(coalesce(invoice_lines.contract_id, '(none)')) as missing_text
    from invoice_lines
    left join contracts on invoice_lines.contract_id = contracts.contract_id
    where contracts.contract_id is null
    group by invoice_lines.invoice_id
    union all
    select
        'document' as orphan_type,
        documents.document_type || ':' || documents.document_id as orphan_key,
        coalesce(documents.invoice_id, '(none)') as missing_text
    from documents
    left join documents as invoices
        on invoices.document_type = 'invoice' and documents.invoice_id = invoices.document_id
    where
        documents.document_type
        not in ('invoice', 'dispute_won', 'dispute_lost', 'adjustment', 'reversal')
        and invoices.document_id is null
    union all
    select
        'document' as orphan_type,
        document_type || ':' || credit_id as orphan_key,
        invoice_id || ', line ' || min(coalesce(invoice_line_id, '(none)')) as missing_text
    from credit_lines
    where line_net_minor is null and is_invoice_known
    group by document_type, credit_id, invoice_id
    union all
    select
        'document' as orphan_type,
        'adjustment:' || adjustment_lines.adjustment_id as orphan_key,
        min(adjustment_lines.contract_id) as missing_text
    from adjustment_lines
    left join contracts on adjustment_lines.contract_id = contracts.contract_id
    where contracts.contract_id is null
    group by adjustment_lines.adjustment_id

),

findings as (

    select
        {{ finding(
            control_code="'PREREQUISITES'",
            is_passed='orphans.orphan_key is null',
            exception_code="case when split_part(subject_key, ':', 1) in ('invoice', 'adjustment')"
            " then 'ORPHAN_TRANSACTION' else 'ORIGINAL_INVOICE_MISSING' end",
            sentence="subject_text || ' over ' || amount_text || ' refers to '"
            " || case when split_part(subject_key, ':', 1) in ('invoice', 'adjustment')"
            " then 'contract ' else 'invoice ' end || orphans.missing_text || ', which is not known.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join orphans on subjects.subject_key = orphans.orphan_key

)

select * from findings
