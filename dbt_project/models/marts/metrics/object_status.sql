-- One row per business object of the flow: where it stands, and why when it does not go on.
with

customers as (

    select * from {{ ref('int_customer_statuses') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

usage_dispositions as (

    select * from {{ ref('int_usage_dispositions') }}

),

billing_documents as (

    select * from {{ ref('int_billing_documents') }} where document_type = 'invoice' and is_first

),

document_dispositions as (

    select * from {{ ref('int_document_event_dispositions') }}

),

schedule_lines as (

    select * from {{ ref('revenue_schedule_lines') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

contract_status as (

    select
        'contract' as object_type,
        contracts.contract_id as object_key,
        contracts.legal_entity_code,
        case
            when holds.hold_code is not null then 'held'
            when contracts.service_end_date <= legal_entities.cutoff_date then 'ended'
            else 'active'
        end as status,
        holds.hold_code as reason_code
    from contracts
    left join holds on contracts.contract_id = holds.subject_key
    left join legal_entities
        on contracts.legal_entity_code = legal_entities.legal_entity_code

),

usage_status as (

    select
        'usage_batch' as object_type,
        source || '|' || usage_day as object_key,
        cast(null as varchar) as legal_entity_code,
        split_part(min(disposition_rank), ':', 2) as status,
        split_part(min(disposition_rank), ':', 3) as reason_code
    from usage_dispositions
    group by source, usage_day

),

invoice_status as (

    select
        'invoice' as object_type,
        billing_documents.document_id as object_key,
        billing_documents.legal_entity_code,
        split_part(document_dispositions.disposition_rank, ':', 2) as status,
        split_part(document_dispositions.disposition_rank, ':', 3) as reason_code
    from billing_documents
    inner join document_dispositions
        on billing_documents.event_key = document_dispositions.event_key

),

schedule_status as (

    select
        'revenue_schedule' as object_type,
        schedule_lines.performance_obligation_id as object_key,
        min(schedule_lines.legal_entity_code) as legal_entity_code,
        case
            when min(holds.hold_code) is not null then 'held'
            when sum(schedule_lines.recognized_minor) = sum(schedule_lines.scheduled_minor)
                then 'complete'
            when sum(schedule_lines.recognized_minor) = 0 then 'scheduled'
            else 'in_progress'
        end as status,
        min(holds.hold_code) as reason_code
    from schedule_lines
    left join holds on schedule_lines.contract_id = holds.subject_key
    group by schedule_lines.performance_obligation_id

),

unioned as (

    select
        'customer' as object_type,
        customer_id as object_key,
        cast(null as varchar) as legal_entity_code,
        status,
        cast(null as varchar) as reason_code
    from customers
    union all
    select * from contract_status
    union all
    select * from usage_status
    union all
    select * from invoice_status
    union all
    select * from schedule_status
    union all
    select
        'journal_entry' as object_type,
        document_key as object_key,
        legal_entity_code,
        delivery_status as status,
        error_class as reason_code
    from journal_entries

),

final as (

    select
        object_type || '|' || object_key as object_status_key,
        *
    from unioned

)

select * from final
