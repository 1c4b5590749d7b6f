-- One row per document of billing: the tax billing says, and the tax in the subledger and in the
-- ERP. A void says no tax of its own: it takes back its invoice's.
with

documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

credit_lines as (

    select * from {{ ref('stg_events__credit_lines') }}

),

voided_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis = 'void'

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }} where account_role = 'tax_payable'

),

line_taxes as (

    select
        event_key,
        tax_minor
    from invoice_lines
    union all
    select
        event_key,
        -tax_minor as tax_minor
    from credit_lines
    union all
    select
        event_key,
        -tax_minor as tax_minor
    from voided_lines

),

billed as (

    select
        event_key,
        cast(sum(tax_minor) as bigint) as tax_minor
    from line_taxes
    group by event_key

),

booked as (

    select
        document_type,
        document_id,
        cast(-sum(should_minor) as bigint) as subledger_tax_minor,
        cast(-sum(posted_minor) as bigint) as erp_tax_minor
    from subledger_lines
    where document_type is not null
    group by document_type, document_id

),

taxes as (

    select
        documents.subject_key as document_ref,
        coalesce(billed.tax_minor, 0) as tax_minor,
        coalesce(booked.subledger_tax_minor, 0) as subledger_tax_minor,
        coalesce(booked.erp_tax_minor, 0) as erp_tax_minor
    from documents
    left join billed on documents.event_key = billed.event_key
    left join booked
        on
            documents.document_type = booked.document_type
            and documents.document_id = booked.document_id

)

select * from taxes
