-- One row per account role that the tax of an invoice line touches.
with

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

legs as (

    {{ entry_legs(
        'invoice_lines',
        keys=['*'],
        legs=[
            ("'accounts_receivable'", 'tax_minor', 'functional_tax_minor'),
            ("'tax_payable'", '-tax_minor', '-functional_tax_minor'),
        ],
    ) }}

),

entries as (

    select
        legal_entity_code,
        contract_id,
        customer_id,
        'invoice' as document_type,
        invoice_id as document_id,
        invoice_line_id as document_line_id,
        contract_line_id,
        cast(null as varchar) as contract_version_id,
        product_code,
        'tax' as entry_type,
        account_role,
        currency as transaction_currency,
        invoice_date as effect_date,
        amount_minor,
        functional_amount_minor,
        cast(null as varchar) as price_version,
        rate_id,
        cast(1 as bigint) as source_event_count,
        correlation_id
    from legs

)

select * from entries
