-- One row per invoice dated up to the cut-off: what of it is paid, and how it stands.
with

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'invoice'

),

invoices as (

    select * from {{ ref('stg_events__invoices') }} where is_first

),

positions as (

    select * from {{ ref('int_settlement_positions') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

policies as (

    select * from {{ ref('stg_reference__policies') }}

),

disputed as (

    select
        invoice_id,
        cast(sum(open_minor) as bigint) as disputed_minor
    from {{ ref('disputes') }}
    group by invoice_id

),

settled as (

    select
        invoice_id,
        {% for name, condition in [
            ('voided', "document_type = 'void'"),
            ('credited', "document_type = 'credit'"),
            ('written_off', "settlement_part = 'write_off'"),
            (
                'paid',
                "document_type not in ('void', 'credit') and settlement_part <> 'write_off'",
            ),
        ] %}
            cast(coalesce(sum(receivable_minor) filter (where {{ condition }}), 0) as bigint)
                as {{ name }}_minor,
        {% endfor %}
        count(*) filter (where document_type = 'void') > 0 as is_voided
    from positions
    group by invoice_id

),

grace as (

    {{ document_policy('payment_grace_days') }}

),

measured as (

    select
        documents.document_id as invoice_id,
        documents.customer_id,
        documents.legal_entity_code,
        documents.currency,
        documents.document_date as invoice_date,
        invoices.due_date,
        documents.total_minor,
        coalesce(settled.paid_minor, 0) as paid_minor,
        coalesce(settled.credited_minor, 0) as credited_minor,
        coalesce(settled.voided_minor, 0) as voided_minor,
        coalesce(settled.written_off_minor, 0) as written_off_minor,
        coalesce(disputed.disputed_minor, 0) as disputed_minor,
        documents.total_minor - coalesce(
            settled.paid_minor + settled.credited_minor + settled.voided_minor
            + settled.written_off_minor, 0
        ) as open_minor,
        coalesce(settled.is_voided, false) as is_voided,
        {{ days_between(
            add_days('invoices.due_date', 'coalesce(grace.policy_value, 0)'),
            'legal_entities.cutoff_date',
        ) }} as days_late,
        documents.event_key
    from documents
    inner join invoices on documents.event_key = invoices.event_key
    left join settled on documents.document_id = settled.invoice_id
    left join disputed on documents.document_id = disputed.invoice_id
    left join grace
        on
            documents.document_type = grace.document_type
            and documents.document_id = grace.document_id
    left join legal_entities
        on documents.legal_entity_code = legal_entities.legal_entity_code

),

final as (

    select
        measured.invoice_id,
        measured.customer_id,
        measured.legal_entity_code,
        measured.currency,
        measured.invoice_date,
        measured.due_date,
        measured.total_minor,
        measured.paid_minor,
        measured.credited_minor,
        measured.voided_minor,
        measured.written_off_minor,
        measured.disputed_minor,
        measured.open_minor,
        case
            when measured.is_voided then 'voided'
            when measured.disputed_minor > 0 then 'disputed'
            when measured.open_minor > 0 and measured.days_late > 0 then 'overdue'
            when measured.open_minor > 0 and measured.paid_minor > 0 then 'part_paid'
            when measured.open_minor > 0 then 'open'
            when measured.written_off_minor > 0 then 'written_off'
            when measured.paid_minor <= 0 and measured.credited_minor > 0 then 'credited'
            when measured.open_minor is not null then 'paid'
            else 'unknown'
        end as payment_status,
        case
            when measured.open_minor > 0 then cast(greatest(measured.days_late, 0) as bigint)
        end as days_overdue,
        case
            when measured.open_minor > 0 and measured.days_late > 0
                then {{ ageing_bucket('measured.days_late') }}
        end as ageing_bucket,
        measured.event_key
    from measured

)

select * from final
