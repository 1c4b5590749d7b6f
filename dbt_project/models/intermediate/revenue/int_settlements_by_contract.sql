-- One row per payment, payment taken back, refund, write-off or lost dispute and contract of the
-- invoice: the contract's share of it, by its part of the invoice.
with

settlements as (

    select * from {{ ref('int_invoice_settlements') }}
    where settlement_part in ('payment', 'write_off')

),

documents as (

    select * from {{ ref('int_documents') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

parts as (

    select
        invoice_id,
        contract_id,
        sum(greatest(net_minor + tax_minor, 0)) as part_minor
    from invoice_lines
    group by invoice_id, contract_id

),

positioned as (

    select
        *,
        sum(part_minor) over (partition by invoice_id order by contract_id) as part_to,
        sum(part_minor) over (partition by invoice_id) as total_minor
    from parts

),

shared as (

    select
        settlements.document_type,
        settlements.document_id,
        positioned.contract_id,
        documents.legal_entity_code,
        documents.currency,
        documents.document_date as settled_date,
        {{ share_between(
            'settlements.receivable_minor',
            'positioned.part_to - positioned.part_minor',
            'positioned.part_to',
            'positioned.total_minor',
        ) }} as receivable_minor,
        {{ share_between(
            'settlements.customer_credit_minor',
            'positioned.part_to - positioned.part_minor',
            'positioned.part_to',
            'positioned.total_minor',
        ) }} as customer_credit_minor
    from settlements
    inner join documents
        on
            settlements.document_type = documents.document_type
            and settlements.document_id = documents.document_id
    inner join positioned on settlements.invoice_id = positioned.invoice_id
    where positioned.total_minor > 0

),

summed as (

    -- A lost dispute takes from the invoice, and gives up what is open because of it.
    select
        document_type,
        document_id,
        contract_id,
        legal_entity_code,
        currency,
        settled_date,
        cast(sum(receivable_minor) as bigint) as receivable_minor,
        cast(sum(customer_credit_minor) as bigint) as customer_credit_minor
    from shared
    group by
        document_type, document_id, contract_id, legal_entity_code, currency, settled_date

)

select * from summed
