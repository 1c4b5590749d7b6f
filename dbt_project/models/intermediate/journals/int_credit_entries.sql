-- One row per account role that a credit line touches: deferred revenue and tax it takes back, the
-- receivable it relieves or the credit the customer keeps, and what the exchange rates leave over.
with

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

settlements as (

    select * from {{ ref('int_invoice_settlements') }} where document_type in ('credit', 'void')

),

settled as (

    select
        credit_lines.document_type,
        credit_lines.credit_id,
        credit_lines.credit_line_id,
        settlements.settlement_part,
        case settlements.settlement_part when 'net' then 'credit' else 'tax' end as entry_type,
        case settlements.settlement_part
            when 'net' then 'deferred_revenue' else 'tax_payable'
        end as debit_role,
        settlements.amount_minor,
        case settlements.settlement_part
            when 'net' then credit_lines.functional_net_minor
            else credit_lines.functional_tax_minor
        end as functional_amount_minor,
        settlements.receivable_minor,
        settlements.functional_receivable_minor,
        settlements.customer_credit_minor,
        settlements.functional_customer_credit_minor
    from credit_lines
    inner join settlements
        on
            credit_lines.document_type = settlements.document_type
            and credit_lines.credit_id = settlements.document_id
            and credit_lines.credit_line_id = settlements.document_line_id

),

legs as (

    {{ entry_legs(
        'settled',
        keys=['document_type', 'credit_id', 'credit_line_id', 'entry_type'],
        legs=[
            ('debit_role', 'amount_minor', 'functional_amount_minor'),
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
        credit_lines.legal_entity_code,
        credit_lines.contract_id,
        credit_lines.customer_id,
        legs.document_type,
        credit_lines.credit_id as document_id,
        credit_lines.credit_line_id as document_line_id,
        credit_lines.contract_line_id,
        cast(null as varchar) as contract_version_id,
        credit_lines.product_code,
        legs.entry_type,
        legs.account_role,
        credit_lines.currency as transaction_currency,
        credit_lines.credit_date as effect_date,
        legs.amount_minor,
        legs.functional_amount_minor,
        cast(null as varchar) as price_version,
        credit_lines.rate_id,
        cast(1 as bigint) as source_event_count,
        credit_lines.correlation_id
    from legs
    inner join credit_lines
        on
            legs.document_type = credit_lines.document_type
            and legs.credit_id = credit_lines.credit_id
            and legs.credit_line_id = credit_lines.credit_line_id

)

select * from entries
