-- One row per account role that a dispute touches when it is opened or won: the claim on the
-- network, the fee, cash at the rate of its day, and what the exchange rates leave over. What is
-- lost is settled with the invoice (int_payment_entries); a verdict of nothing books nothing.
with

documents as (

    select
        *,
        {{ convert_minor(
            'total_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
        ) }} as functional_minor
    from {{ ref('int_documents') }}
    where document_type in ('dispute', 'dispute_won')

),

opened as (

    select
        event_key,
        coalesce(fee_minor, 0) as fee_minor
    from {{ ref('stg_events__disputes') }}

),

invoice_contracts as (

    select
        invoice_id,
        case when count(distinct contract_id) = 1 then min(contract_id) end as contract_id
    from {{ ref('int_invoice_lines_valued') }}
    group by invoice_id

),

valued as (

    -- The claim leaves at the rate it came at; the fee is in the currency of the dispute.
    select
        documents.*,
        case documents.document_type when 'dispute' then 1 else -1 end as sign,
        disputes.functional_minor as claim_functional_minor,
        coalesce(opened.fee_minor, 0) as fee_minor,
        {{ convert_minor(
            'coalesce(opened.fee_minor, 0)',
            'documents.rate_scaled', 'documents.transaction_exponent',
            'documents.functional_exponent',
        ) }} as functional_fee_minor
    from documents
    left join opened on documents.event_key = opened.event_key
    inner join documents as disputes
        on
            documents.document_id = disputes.document_id
            and disputes.document_type = 'dispute'

),

legs as (

    {{ entry_legs(
        'valued',
        keys=['*'],
        legs=[
            ("'dispute_receivable'", 'sign * total_minor', 'sign * claim_functional_minor'),
            ("'processor_fees'", 'fee_minor', 'functional_fee_minor'),
            (
                "'cash'",
                '-(sign * total_minor + fee_minor)',
                '-(sign * functional_minor + functional_fee_minor)',
            ),
            ("'fx_gain_loss'", 0, 'sign * (functional_minor - claim_functional_minor)'),
        ],
    ) }}

),

entries as (

    select
        legs.legal_entity_code,
        invoice_contracts.contract_id,
        legs.customer_id,
        legs.document_type,
        legs.document_id,
        legs.document_id as document_line_id,
        cast(null as varchar) as contract_line_id,
        cast(null as varchar) as contract_version_id,
        cast(null as varchar) as product_code,
        'dispute' as entry_type,
        legs.account_role,
        legs.currency as transaction_currency,
        legs.document_date as effect_date,
        legs.amount_minor,
        legs.functional_amount_minor,
        cast(null as varchar) as price_version,
        legs.rate_id,
        cast(1 as bigint) as source_event_count,
        legs.correlation_id
    from legs
    left join invoice_contracts on legs.invoice_id = invoice_contracts.invoice_id

)

select * from entries
