-- One row per document that follows an invoice, and reversal: is what it refers to free of holds?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'document'

),

documents as (

    select * from {{ ref('int_documents') }}
    where document_type not in ('invoice', 'adjustment', 'reversal')

),

reversals as (

    select * from {{ ref('adjustments') }}
    where document_type = 'reversal' and refusal_code is null

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

held_documents as (

    select failed_key as held_key
    from failures
    where failed_type = 'document'
    union
    select 'invoice:' || invoice_lines.invoice_id as held_key
    from invoice_lines
    inner join failures
        on failures.failed_type = 'contract' and invoice_lines.contract_id = failures.failed_key

),

referring as (

    select
        document_type || ':' || document_id as referring_key,
        'invoice:' || invoice_id as referred_key,
        'invoice ' || invoice_id as referred_text
    from documents
    union all
    select
        document_type || ':' || document_id as referring_key,
        'payment:' || payment_id as referred_key,
        'payment ' || payment_id as referred_text
    from documents
    where document_type in ('dispute', 'dispute_won', 'dispute_lost')
    union all
    select
        document_type || ':' || document_id as referring_key,
        'dispute:' || document_id as referred_key,
        'dispute ' || document_id as referred_text
    from documents
    where document_type in ('dispute_won', 'dispute_lost')
    union all
    select
        subject_key as referring_key,
        'adjustment:' || adjustment_id as referred_key,
        'adjustment ' || adjustment_id as referred_text
    from reversals

),

judged as (

    select
        subjects.*,
        referring.referred_text,
        held_documents.held_key
    from subjects
    inner join referring on subjects.subject_key = referring.referring_key
    left join held_documents on referring.referred_key = held_documents.held_key
    qualify row_number() over (
        partition by subjects.subject_key
        order by held_documents.held_key nulls last, referring.referred_text
    ) = 1

),

findings as (

    select
        {{ finding(
            control_code="'INVOICE_FREE'",
            is_passed='held_key is null',
            exception_code="case when subject_key like 'reversal:%'"
            " then 'REVERSAL_BLOCKED_BY_ADJUSTMENT' else 'CREDIT_BLOCKED_BY_INVOICE_ERROR' end",
            sentence="subject_text || ' over ' || amount_text || ' waits because '"
            " || referred_text || ' is held.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from judged

)

select * from findings
