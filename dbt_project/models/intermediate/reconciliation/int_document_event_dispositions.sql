-- One row per event of an invoice, a credit, a payment or an adjustment: the worst state of the
-- subledger lines of its documents. A reversal that is set for a day to come waits behind them.
with

billing_documents as (

    select * from {{ ref('int_billing_documents') }}

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }} where document_type is not null

),

document_holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

ranks as (

    select
        document_type || ':' || document_id as subject_key,
        min({{ disposition_rank('delivery_status', 'hold_code') }}) as disposition_rank
    from subledger_lines
    group by document_type, document_id

),

disposed as (

    select
        billing_documents.event_key,
        min(case
            when billing_documents.refusal_code is not null
                then '1:held:' || billing_documents.refusal_code
            when not billing_documents.is_due then '8:scheduled:DATED_AFTER_CUT_OFF'
            when ranks.disposition_rank is not null then ranks.disposition_rank
            when document_holds.hold_code is not null then '1:held:' || document_holds.hold_code
            when billing_documents.claim_minor = 0 then '9:no_financial_effect:ZERO_AMOUNT'
            else '0:unexplained:UNEXPLAINED'
        end) as disposition_rank
    from billing_documents
    left join ranks on billing_documents.subject_key = ranks.subject_key
    left join document_holds on billing_documents.subject_key = document_holds.subject_key
    group by billing_documents.event_key

)

select * from disposed
