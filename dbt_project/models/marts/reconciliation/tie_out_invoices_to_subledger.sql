-- One row per invoice and document that follows one: what billing says the customer owes because of
-- it, against receivable and customer credit in the subledger, with how much of that is sealed. For
-- a dispute and its verdict it is what the card network owes.
with

billing_documents as (

    select * from {{ ref('int_billing_documents') }}
    where is_first and document_type not in ('adjustment', 'reversal')

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}

),

holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

currencies as (

    select * from {{ ref('currencies') }}

),

receivables as (

    select
        document_type,
        document_id,
        count(*) as line_count,
        min(hold_code) as hold_code,
        bool_and(is_known) as is_known,
        cast(sum(should_minor) as bigint) as should_minor,
        cast(sum(sealed_minor) as bigint) as sealed_minor,
        cast(sum(posted_minor) as bigint) as posted_minor
    from subledger_lines
    where
        document_type is not null
        and case
            when document_type in ('dispute', 'dispute_won', 'dispute_lost')
                then account_role = 'dispute_receivable'
            else account_role in ('accounts_receivable', 'customer_credit')
        end
    group by document_type, document_id

),

compared as (

    select
        billing_documents.document_type,
        billing_documents.document_id,
        billing_documents.legal_entity_code,
        billing_documents.currency,
        billing_documents.document_date,
        billing_documents.is_due,
        coalesce(holds.hold_code, receivables.hold_code) as hold_code,
        coalesce(holds.hold_code, receivables.hold_code) is not null as is_held,
        coalesce(receivables.line_count, 0) as line_count,
        case when receivables.is_known then billing_documents.claim_minor end
        - billing_documents.lines_minor as unsaid_minor,
        coalesce(billing_documents.claim_minor, 0) as left_minor,
        coalesce(receivables.should_minor, 0) as right_minor,
        coalesce(receivables.sealed_minor, 0) as sealed_minor,
        coalesce(receivables.posted_minor, 0) as posted_minor,
        currencies.minor_unit_exponent
    from billing_documents
    left join receivables
        on
            billing_documents.document_type = receivables.document_type
            and billing_documents.document_id = receivables.document_id
    left join holds on billing_documents.subject_key = holds.subject_key
    left join currencies on billing_documents.currency = currencies.currency

),

explained as (

    -- A hold explains what the document's own lines do not say. Only what the subledger has no
    -- line of, or an amount nobody knows, explains the whole rest.
    select
        *,
        case
            when is_due and is_held then coalesce(unsaid_minor, left_minor - right_minor) else 0
        end as held_minor,
        case when is_due then 0 else left_minor - right_minor end as not_yet_due_minor
    from compared

),

split as (

    select
        *,
        left_minor - right_minor - held_minor - not_yet_due_minor as difference_minor
    from explained

),

final as (

    select
        document_type || ':' || document_id as tie_out_key,
        document_type,
        document_id,
        legal_entity_code,
        currency,
        document_date,
        'Billing' as left_name,
        'Receivable in the subledger' as right_name,
        cast(1 as bigint) as left_count,
        cast(case when line_count > 0 then 1 else 0 end as bigint) as right_count,
        left_minor,
        right_minor,
        hold_code,
        held_minor,
        not_yet_due_minor,
        held_minor + not_yet_due_minor as explained_minor,
        difference_minor,
        sealed_minor,
        posted_minor,
        difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "document_type || ' ' || document_id", 'billing says', 'the subledger has',
            [
                ('held_minor', 'is held'),
                ('not_yet_due_minor', 'is dated after the last complete day'),
            ],
        ) }} || coalesce(' Held by ' || hold_code || '.', '') as sentence
    from split

)

select * from final
