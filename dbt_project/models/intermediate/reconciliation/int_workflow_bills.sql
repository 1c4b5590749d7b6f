-- One row per change of a contract that has to be billed or credited: the first document that does,
-- when there is one yet. A price that rises is billed; one that falls is credited, or shows in the
-- next invoice; an end of service gives back, by whatever document, what was billed beyond it.
with

changes as (

    select
        *,
        cast(announced_at as date) as announced_on,
        coalesce(value_minor < 0 or outcome = 'unconfirmed', false) as may_be_credited
    from {{ ref('int_workflow_changes') }}
    where outcome in ('applied', 'unconfirmed') and change_kind not in ('pause', 'resume')

),

documents as (

    select
        billing_documents.*,
        events.source
    from {{ ref('int_billing_documents') }} as billing_documents
    inner join {{ source('raw', 'events') }} as events
        on billing_documents.event_key = events.event_key
    where billing_documents.is_first

),

invoice_lines as (

    select
        invoice_lines.*,
        documents.document_date
    from {{ ref('stg_events__invoice_lines') }} as invoice_lines
    inner join documents on invoice_lines.event_key = documents.event_key
    where invoice_lines.line_kind = 'fixed'

),

due as (

    select changes.*
    from changes
    left join invoice_lines
        on
            changes.contract_id = invoice_lines.contract_id
            and changes.change_kind = 'cancellation'
            and changes.decides_from <= invoice_lines.service_end_date
            and changes.announced_on >= invoice_lines.document_date
    group by all
    having
        changes.outcome = 'unconfirmed'
        or changes.change_kind <> 'cancellation' and changes.value_minor <> 0
        or changes.allows_credit and count(invoice_lines.event_key) > 0

),

bills as (

    select
        due.workflow_key,
        invoice_lines.event_key
    from due
    inner join invoice_lines
        on
            due.contract_id = invoice_lines.contract_id
            and due.decides_from <= invoice_lines.service_end_date
            and due.decides_to > invoice_lines.service_start_date
            and (
                due.decides_from <= invoice_lines.service_start_date
                or due.announced_on <= invoice_lines.document_date
            )
    where due.change_kind <> 'cancellation'
    union
    select
        due.workflow_key,
        documents.event_key
    from due
    inner join invoice_lines on due.contract_id = invoice_lines.contract_id
    inner join documents
        on
            invoice_lines.invoice_id = documents.invoice_id
            and due.announced_on <= documents.document_date
    left join {{ ref('stg_events__credit_lines') }} as corrections
        on documents.event_key = corrections.event_key and corrections.basis = 'modification'
    where
        due.change_kind <> 'creation'
        and due.may_be_credited
        and (
            corrections.event_key is not null
            or documents.document_type = 'void'
            or documents.document_type = 'write_off' and due.change_kind = 'cancellation'
        )

),

final as (

    select
        due.workflow_key,
        documents.document_type,
        documents.document_id,
        documents.subject_key,
        documents.known_at,
        documents.source,
        documents.event_key
    from due
    left join bills on due.workflow_key = bills.workflow_key
    left join documents on bills.event_key = documents.event_key
    qualify row_number() over (
        partition by due.workflow_key
        order by documents.known_at, documents.document_date, documents.subject_key
    ) = 1

)

select * from final
