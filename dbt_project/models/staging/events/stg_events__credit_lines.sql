-- One row per credit memo line.
-- Lines of the credit memos that count, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'credit.issued'

),

documents as (

    select * from {{ ref('stg_events__credits') }} where is_first

),

currencies as (

    select * from {{ ref('currencies') }}

),

lines as (

    {{ staged_document_lines(
        ['credit_id', 'invoice_id'],
        fields={
            'credit_line_id': 'varchar',
            'invoice_line_id': 'varchar',
            'basis': 'varchar',
            'tax_code': 'varchar',
        },
        amounts={'net_minor': 'net_amount', 'tax_minor': 'tax_amount'},
    ) }}

)

select * from lines
