-- One row per invoice of a legal entity whose tax engine sends its results, from the first invoice
-- it computed on: what the engine computed, what the invoice says, what the ERP has as tax.
with

calculations as (

    select * from {{ ref('stg_events__tax_calculations') }} where is_newest

),

invoices as (

    select * from {{ ref('int_billing_documents') }}
    where is_first and document_type = 'invoice'

),

taxes as (

    select * from {{ ref('int_document_taxes') }}

),

holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

currencies as (

    select * from {{ ref('currencies') }}

),

in_use as (

    select
        invoices.legal_entity_code,
        min(invoices.document_date) as first_date
    from invoices
    inner join calculations on invoices.document_id = calculations.invoice_id
    group by invoices.legal_entity_code

),

compared as (

    select
        invoices.document_id as invoice_id,
        invoices.legal_entity_code,
        invoices.currency,
        invoices.document_date,
        calculations.calculation_id,
        holds.hold_code,
        currencies.minor_unit_exponent,
        coalesce(calculations.tax_minor, 0) as left_minor,
        taxes.tax_minor as invoice_minor,
        taxes.erp_tax_minor as right_minor,
        case
            when holds.hold_code is null and invoices.is_due then taxes.subledger_tax_minor
            else taxes.tax_minor
        end - taxes.erp_tax_minor as explained_minor
    from invoices
    inner join in_use
        on
            invoices.legal_entity_code = in_use.legal_entity_code
            and invoices.document_date >= in_use.first_date
    inner join taxes on invoices.subject_key = taxes.document_ref
    left join calculations
        on
            invoices.document_id = calculations.invoice_id
            and invoices.currency = calculations.currency
    left join holds on invoices.subject_key = holds.subject_key
    left join currencies on invoices.currency = currencies.currency

),

split as (

    select
        *,
        left_minor - right_minor - explained_minor as difference_minor
    from compared

),

final as (

    select
        'tax:' || invoice_id as tie_out_key,
        invoice_id,
        calculation_id,
        legal_entity_code,
        currency,
        document_date,
        'Tax engine' as left_name,
        'Tax in the ERP' as right_name,
        cast(case when calculation_id is null then 0 else 1 end as bigint) as left_count,
        cast(1 as bigint) as right_count,
        cast(left_minor as bigint) as left_minor,
        cast(invoice_minor as bigint) as invoice_minor,
        cast(right_minor as bigint) as right_minor,
        cast(explained_minor as bigint) as explained_minor,
        cast(difference_minor as bigint) as difference_minor,
        difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "'invoice ' || invoice_id", 'the tax engine computed', 'the ERP has as its tax',
            [('explained_minor', 'is not posted yet')],
        ) }} || coalesce(' Held by ' || hold_code || '.', '') as sentence
    from split

)

select * from final
