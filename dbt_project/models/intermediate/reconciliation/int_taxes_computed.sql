-- One row per invoice, credit memo or void of a legal entity whose tax engine computes such
-- documents, from the first it computed on: what it computed; and per calculation whose document
-- has not come. A void takes back what was computed for its invoice, less what credits took.
with

calculations as (

    select * from {{ ref('stg_events__tax_calculations') }} where is_newest

),

documents as (

    select
        billing.*,
        taxes.tax_minor,
        taxes.subledger_tax_minor,
        taxes.erp_tax_minor
    from {{ ref('int_billing_documents') }} as billing
    inner join {{ ref('int_document_taxes') }} as taxes on billing.subject_key = taxes.document_ref
    where billing.is_first and billing.document_type in ('invoice', 'credit', 'void')

),

in_use as (

    select
        documents.legal_entity_code,
        documents.document_type,
        min(documents.document_date) as first_date
    from documents
    inner join calculations on documents.subject_key = calculations.document_ref
    group by documents.legal_entity_code, documents.document_type

),

stated as (

    select
        documents.*,
        calculations.calculation_id,
        coalesce(calculations.tax_minor, 0) as computed_minor
    from documents
    inner join in_use
        on
            documents.legal_entity_code = in_use.legal_entity_code
            and documents.document_type = in_use.document_type
            and documents.document_date >= in_use.first_date
    left join calculations
        on
            documents.subject_key = calculations.document_ref
            and documents.currency = calculations.currency

),

credited as (

    select
        voids.subject_key,
        sum(credits.tax_minor) as tax_minor
    from documents as voids
    inner join documents as credits
        on
            voids.invoice_id = credits.invoice_id
            and credits.document_type = 'credit'
            and voids.document_date >= credits.document_date
    where voids.document_type = 'void'
    group by voids.subject_key

),

voided as (

    select
        documents.*,
        calculations.calculation_id,
        -(calculations.tax_minor + coalesce(credited.tax_minor, 0)) as computed_minor
    from documents
    inner join calculations
        on
            'invoice:' || documents.invoice_id = calculations.document_ref
            and documents.currency = calculations.currency
    left join credited on documents.subject_key = credited.subject_key
    where documents.document_type = 'void'

),

unmatched as (

    select calculations.*
    from calculations
    left join documents on calculations.document_ref = documents.subject_key
    where documents.subject_key is null

),

{% set columns = [
    'subject_key', 'document_type', 'document_id', 'invoice_id', 'legal_entity_code', 'currency',
    'document_date', 'is_due', 'calculation_id', 'tax_minor', 'subledger_tax_minor',
    'erp_tax_minor', 'computed_minor',
] -%}
computed as (

    select {{ columns | join(', ') }} from stated
    union all
    select {{ columns | join(', ') }} from voided
    union all
    select
        document_ref as subject_key,
        case when credit_id is null then 'invoice' else 'credit' end as document_type,
        coalesce(credit_id, invoice_id) as document_id,
        invoice_id,
        null as legal_entity_code,
        currency,
        cast(occurred_at as date) as document_date,
        cast(null as boolean) as is_due,
        calculation_id,
        0 as tax_minor,
        0 as subledger_tax_minor,
        0 as erp_tax_minor,
        tax_minor as computed_minor
    from unmatched

)

select * from computed
