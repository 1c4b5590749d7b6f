-- One row per invoice line.
-- Lines of the invoices that count, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'invoice.finalized'

),

documents as (

    select * from {{ ref('stg_events__invoices') }} where is_first

),

currencies as (

    select * from {{ ref('currencies') }}

),

product_references as (

    select * from {{ ref('stg_reference__product_references') }}

),

lines as (

    {{ staged_document_lines(
        ['invoice_id'],
        fields={
            'invoice_line_id': 'varchar',
            'contract_id': 'varchar',
            'contract_line_id': 'varchar',
            'line_kind': 'varchar',
            'service_start': 'date',
            'service_end': 'date',
            'tax_code': 'varchar',
        },
        amounts={'net_minor': 'net_amount', 'tax_minor': 'tax_amount'},
        has_products=true,
    ) }}

)

select * from lines
