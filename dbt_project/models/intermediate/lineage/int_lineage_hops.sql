-- One row per contract version, hop and record found there: from the deal to the revenue schedule.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

quotes as (

    select * from {{ ref('quotes') }}

),

events as (

    select * from {{ source('raw', 'events') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

documents as (

    select * from {{ ref('int_documents') }}

),

sources as (

    select * from {{ ref('journal_line_sources') }} where not is_voided

),

journal_entries as (

    select * from {{ ref('journal_entries') }} where erp_document_id is not null

),

schedule_lines as (

    select * from {{ ref('revenue_schedule_lines') }}

),

invoiced as (

    -- The invoices of a version bill service of its days.
    select distinct
        contract_versions.contract_version_id,
        invoice_lines.invoice_id
    from contract_versions
    inner join invoice_lines
        on
            contract_versions.contract_id = invoice_lines.contract_id
            and contract_versions.valid_from <= invoice_lines.service_end_date
            and contract_versions.valid_to > invoice_lines.service_start_date

),

hops as (

    select
        contract_versions.contract_version_id,
        'opportunity' as hop,
        quotes.opportunity_id as hop_key
    from contract_versions
    inner join quotes
        on contract_versions.quote_id = quotes.quote_id and quotes.is_opportunity_known
    union
    select
        contract_versions.contract_version_id,
        'quote' as hop,
        quotes.quote_id as hop_key
    from contract_versions
    inner join quotes on contract_versions.quote_id = quotes.quote_id
    union
    select
        contract_versions.contract_version_id,
        'subscription_event' as hop,
        events.source || ':' || events.event_id as hop_key
    from contract_versions
    inner join events on contract_versions.event_key = events.event_key
    union
    select
        contract_version_id,
        'invoice' as hop,
        invoice_id as hop_key
    from invoiced
    union
    select
        invoiced.contract_version_id,
        'erp_document' as hop,
        journal_entries.erp_code || ':' || journal_entries.erp_document_id as hop_key
    from invoiced
    inner join sources
        on sources.document_type = 'invoice' and invoiced.invoice_id = sources.document_id
    inner join journal_entries on sources.document_key = journal_entries.document_key
    union
    select
        invoiced.contract_version_id,
        'payment' as hop,
        documents.document_id as hop_key
    from invoiced
    inner join documents
        on documents.document_type = 'payment' and invoiced.invoice_id = documents.invoice_id
    union
    select
        contract_version_id,
        'revenue_schedule' as hop,
        performance_obligation_id as hop_key
    from schedule_lines

)

select * from hops
