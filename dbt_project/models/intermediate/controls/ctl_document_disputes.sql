-- One row per dispute or verdict, and per refund or failed payment of an invoice with a dispute: is
-- what it is about known, and does the same money leave once only?
with

documents as (

    select * from {{ ref('int_documents') }}

),

disputed as (

    select distinct invoice_id as disputed_invoice_id
    from documents
    where document_type = 'dispute'

),

subjects as (

    select
        subjects.*,
        documents.document_type,
        documents.document_id,
        documents.document_date,
        documents.invoice_id,
        documents.payment_id
    from {{ ref('int_control_subjects') }} as subjects
    inner join documents
        on subjects.subject_key = documents.document_type || ':' || documents.document_id
    left join disputed on documents.invoice_id = disputed.disputed_invoice_id
    where
        documents.document_type in ('dispute', 'dispute_won', 'dispute_lost')
        or (
            documents.document_type in ('refund', 'payment_failure')
            and disputed.disputed_invoice_id is not null
        )

),

moves as (

    -- A dispute takes from the payment it names when that paid the invoice it names.
    select
        documents.document_type,
        documents.document_id,
        documents.invoice_id,
        documents.document_date,
        documents.transaction_exponent,
        coalesce(documents.payment_id, payments.document_id) as payment_id,
        documents.total_minor
        * case when documents.document_type in ('payment', 'dispute_won') then 1 else -1 end
            as cash_minor
    from documents
    left join documents as payments
        on
            payments.document_type = 'payment'
            and documents.invoice_id = payments.invoice_id
            and payments.document_id = coalesce(documents.payment_id, documents.document_id)
    where
        documents.document_type in ('payment', 'payment_failure', 'refund')
        or (
            documents.document_type in ('dispute', 'dispute_won')
            and payments.document_id is not null
        )

),

running as (

    select
        document_type || ':' || document_id as running_key,
        transaction_exponent,
        sum(cash_minor) over (
            partition by invoice_id
            order by document_date, cash_minor < 0, document_type, document_id
        ) - cash_minor as of_invoice_minor,
        sum(case when document_type = 'refund' then 0 else cash_minor end) over (
            partition by payment_id
            order by document_date, cash_minor < 0, document_type, document_id
        ) - cash_minor as of_payment_minor,
        cash_minor
    from moves

),

joined as (

    select
        subjects.*,
        payments.document_id as paid_id,
        payments.invoice_id as paid_invoice_id,
        disputes.document_date as opened_date,
        running.transaction_exponent,
        -running.cash_minor as taken_minor,
        greatest(case
            when subjects.document_type = 'dispute'
                then least(running.of_invoice_minor, running.of_payment_minor)
            else running.of_invoice_minor
        end, 0) as left_minor
    from subjects
    left join documents as payments
        on payments.document_type = 'payment' and subjects.payment_id = payments.document_id
    left join documents as disputes
        on disputes.document_type = 'dispute' and subjects.document_id = disputes.document_id
    left join running on subjects.subject_key = running.running_key

),

judged as (

    select
        *,
        case
            when document_type in ('dispute_won', 'dispute_lost') and opened_date is null
                then 'never opened'
            when document_type in ('dispute_won', 'dispute_lost') and document_date < opened_date
                then 'opened later'
            when document_type = 'dispute' and paid_id is null then 'payment unknown'
            when document_type = 'dispute' and coalesce(paid_invoice_id, '') <> invoice_id
                then 'other invoice'
            when taken_minor > left_minor then 'too much'
        end as fault
    from joined

),

findings as (

    select
        {{ finding(
            control_code="'DISPUTED_MONEY'",
            is_passed='fault is null',
            exception_code="case when fault in ('never opened', 'opened later')"
            " then 'DISPUTE_MISSING' when fault <> 'too much' then 'DISPUTED_PAYMENT_MISSING'"
            " when document_type = 'dispute' then 'DISPUTE_EXCEEDS_PAYMENT'"
            " else 'MONEY_IN_DISPUTE' end",
            sentence="subject_text || case fault when 'never opened' then ' was never opened.'"
            " when 'opened later' then ' was decided on ' || document_date"
            " || ', before it was opened on ' || opened_date || '.' else ' over ' || amount_text"
            " || case fault when 'payment unknown' then ' is about payment '"
            " || coalesce(payment_id, '(none)') || ', which is not known.'"
            " when 'other invoice' then ' names invoice ' || invoice_id || ', but payment '"
            " || payment_id || ' paid ' || coalesce(paid_invoice_id, 'none') || '.'"
            " else ': of what was paid, ' || " ~ amount_text(
                'left_minor', 'transaction_exponent', 'currency'
            ) ~ " || ' were neither disputed nor given back before.' end end",
            amount_minor="case when fault = 'too much' then amount_minor - left_minor"
            " else amount_minor end",
            currency='currency',
        ) }}
    from judged

)

select * from findings
