-- One row per invoice: is it due on its own day or later, and no later than the company's longest
-- payment terms allow, where it has a policy about them?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and subject_key like 'invoice:%'

),

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'invoice'

),

invoices as (

    select * from {{ ref('stg_events__invoices') }}

),

policies as (

    select * from {{ ref('stg_reference__policies') }}

),

longest as (

    {{ document_policy('payment_terms_max_days') }}

),

terms as (

    select
        'invoice:' || documents.document_id as invoice_key,
        invoices.due_date,
        documents.document_date,
        {{ days_between('documents.document_date', 'invoices.due_date') }} as term_days,
        longest.policy_value as longest_days
    from documents
    inner join invoices on documents.event_key = invoices.event_key
    left join longest on documents.document_id = longest.document_id

),

findings as (

    select
        {{ finding(
            control_code="'PAYMENT_TERMS'",
            is_passed='coalesce(terms.term_days between 0 and'
            ' coalesce(terms.longest_days, terms.term_days), true)',
            exception_code="'PAYMENT_TERMS_INVALID'",
            sentence="subject_text || ' over ' || amount_text || ' of '"
            " || cast(terms.document_date as varchar) || ' is due on '"
            " || cast(terms.due_date as varchar) || case"
            " when terms.term_days < 0 then ', before its own day.'"
            " else ', after ' || cast(terms.term_days as varchar) || ' days; the longest terms are '"
            " || cast(terms.longest_days as varchar) || ' days.' end",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join terms on subjects.subject_key = terms.invoice_key

)

select * from findings
