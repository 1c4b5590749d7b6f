-- One row per link between events, contracts, and what was billed, credited, paid and adjusted.
with

billing_documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

invoices as (

    select * from billing_documents where document_type = 'invoice'

),

settlements as (

    select * from billing_documents where document_type <> 'invoice'

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

tax_calculations as (

    select * from {{ ref('stg_events__tax_calculations') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

adjustments as (

    select * from {{ ref('adjustments') }} where refusal_code is null

),

adjustment_lines as (

    select * from {{ ref('stg_events__adjustment_lines') }}

),

links as (

    select
        'event' as from_type,
        event_key as from_key,
        document_type as to_type,
        document_id as to_key
    from billing_documents

    union

    select
        'event' as from_type,
        tax_calculations.event_key as from_key,
        billing_documents.document_type as to_type,
        billing_documents.document_id as to_key
    from tax_calculations
    inner join billing_documents on tax_calculations.document_ref = billing_documents.subject_key

    union

    select
        'contract' as from_type,
        contracts.contract_id as from_key,
        'invoice' as to_type,
        invoices.document_id as to_key
    from invoice_lines
    inner join invoices on invoice_lines.event_key = invoices.event_key
    inner join contracts on invoice_lines.contract_id = contracts.contract_id

    union

    select
        'invoice' as from_type,
        invoices.document_id as from_key,
        settlements.document_type as to_type,
        settlements.document_id as to_key
    from settlements
    inner join invoices on settlements.invoice_id = invoices.document_id

    union

    select
        origins.document_type as from_type,
        origins.document_id as from_key,
        settlements.document_type as to_type,
        settlements.document_id as to_key
    from settlements
    inner join billing_documents as origins
        on
            (
                settlements.document_type = 'dispute'
                and origins.document_type = 'payment'
                and settlements.payment_id = origins.document_id
            )
            or (
                settlements.document_type in ('dispute_won', 'dispute_lost')
                and origins.document_type = 'dispute'
                and settlements.document_id = origins.document_id
            )

    union

    select
        'contract' as from_type,
        contracts.contract_id as from_key,
        'adjustment' as to_type,
        adjustment_lines.adjustment_id as to_key
    from adjustment_lines
    inner join contracts on adjustment_lines.contract_id = contracts.contract_id

    union

    select
        'adjustment' as from_type,
        adjustment_id as from_key,
        'reversal' as to_type,
        document_id as to_key
    from adjustments
    where document_type = 'reversal'

)

select * from links
