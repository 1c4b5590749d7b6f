-- One row per account role that a write-off or a lost dispute touches by what it gives up: the
-- receivable, the deferred revenue of service that will not be given, and the loss of the rest, at
-- the invoice's rate.
with

documents as (

    select * from {{ ref('int_documents') }}
    where document_type in ('write_off', 'dispute_lost')

),

settlements as (

    select * from {{ ref('int_invoice_settlements') }} where settlement_part = 'write_off'

),

write_off_lines as (

    select * from {{ ref('int_write_off_lines') }}

),

unserved as (

    select
        document_type,
        write_off_id,
        sum(amount_minor) as amount_minor,
        {{ sum_or_unknown('functional_minor') }} as functional_minor
    from write_off_lines
    group by document_type, write_off_id

),

losses as (

    select
        settlements.document_type,
        settlements.document_id as write_off_id,
        cast(settlements.amount_minor - coalesce(unserved.amount_minor, 0) as bigint)
            as amount_minor,
        settlements.functional_receivable_minor + settlements.functional_customer_credit_minor
        - case when unserved.write_off_id is null then 0 else unserved.functional_minor end
            as functional_minor
    from settlements
    left join unserved
        on
            settlements.document_type = unserved.document_type
            and settlements.document_id = unserved.write_off_id

),

parts as (

    select
        document_type,
        write_off_id,
        invoice_line_id as document_line_id,
        contract_id,
        contract_line_id,
        product_code,
        'deferred_revenue' as debit_role,
        amount_minor,
        functional_minor
    from write_off_lines
    union all
    select
        document_type,
        write_off_id,
        write_off_id as document_line_id,
        null as contract_id,
        null as contract_line_id,
        null as product_code,
        'credit_loss_expense' as debit_role,
        amount_minor,
        functional_minor
    from losses

),

legs as (

    {{ entry_legs(
        'parts',
        keys=[
            'document_type',
            'write_off_id',
            'document_line_id',
            'contract_id',
            'contract_line_id',
            'product_code',
        ],
        legs=[
            ('debit_role', 'amount_minor', 'functional_minor'),
            ("'accounts_receivable'", '-amount_minor', '-functional_minor'),
        ],
    ) }}

),

entries as (

    select
        documents.legal_entity_code,
        legs.contract_id,
        documents.customer_id,
        documents.document_type,
        documents.document_id,
        legs.document_line_id,
        legs.contract_line_id,
        cast(null as varchar) as contract_version_id,
        legs.product_code,
        'write_off' as entry_type,
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
            and legs.write_off_id = documents.document_id

)

select * from entries
