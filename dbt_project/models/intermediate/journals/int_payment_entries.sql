-- One row per account role that a payment, a payment taken back, a refund or a lost dispute
-- touches: cash at the rate of its day, or the claim on the network at the rate it came at, the
-- receivable at the invoice's rate, what is too much to the customer's credit, the rest to exchange
-- differences.
with

documents as (

    select * from {{ ref('int_documents') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

settlements as (

    select * from {{ ref('int_invoice_settlements') }} where settlement_part = 'payment'

),

invoice_contracts as (

    select
        invoice_id,
        case when count(distinct contract_id) = 1 then min(contract_id) end as contract_id
    from invoice_lines
    group by invoice_id

),

legs as (

    {{ entry_legs(
        'settlements',
        keys=['document_type', 'document_id'],
        legs=[
            (
                "case document_type when 'dispute_lost' then 'dispute_receivable' else 'cash' end",
                'amount_minor',
                'functional_amount_minor',
            ),
            ("'accounts_receivable'", '-receivable_minor', '-functional_receivable_minor'),
            ("'customer_credit'", '-customer_credit_minor', '-functional_customer_credit_minor'),
            (
                "'fx_gain_loss'",
                0,
                'functional_receivable_minor + functional_customer_credit_minor'
                ~ ' - functional_amount_minor',
            ),
        ],
    ) }}

),

entries as (

    select
        documents.legal_entity_code,
        invoice_contracts.contract_id,
        documents.customer_id,
        documents.document_type,
        documents.document_id,
        documents.document_id as document_line_id,
        cast(null as varchar) as contract_line_id,
        cast(null as varchar) as contract_version_id,
        cast(null as varchar) as product_code,
        case documents.document_type
            when 'refund' then 'refund'
            when 'dispute_lost' then 'dispute'
            else 'payment'
        end as entry_type,
        legs.account_role,
        documents.currency as transaction_currency,
        documents.document_date as effect_date,
        legs.amount_minor,
        legs.functional_amount_minor,
        cast(null as varchar) as price_version,
        documents.rate_id,
        cast(1 as bigint) as source_event_count,
        documents.correlation_id
    from legs
    inner join documents
        on
            legs.document_type = documents.document_type
            and legs.document_id = documents.document_id
    left join invoice_contracts on documents.invoice_id = invoice_contracts.invoice_id

)

select * from entries
