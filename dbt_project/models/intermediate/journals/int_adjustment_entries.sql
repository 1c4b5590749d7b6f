-- One row per line of an adjustment or of its reversal, which books the exact opposite in both
-- currencies, to the accounts of the adjustment's own day.
with

adjustments as (

    select * from {{ ref('adjustments') }} where refusal_code is null

),

documents as (

    select * from {{ ref('int_documents') }}

),

lines as (

    select * from {{ ref('int_adjustment_lines_valued') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

signed as (

    select
        adjustments.*,
        case when lines.side = 'debit' then 1 else -1 end
        * case when adjustments.document_type = 'reversal' then -1 else 1 end as sign,
        lines.adjustment_line_id,
        lines.account_role,
        lines.product_code,
        lines.contract_id,
        lines.contract_line_id,
        lines.amount_minor,
        lines.functional_amount_minor,
        lines.rate_id,
        contracts.customer_id
    from adjustments
    inner join documents
        on
            adjustments.document_type = documents.document_type
            and adjustments.document_id = documents.document_id
    inner join lines on adjustments.adjustment_id = lines.adjustment_id
    left join contracts on lines.contract_id = contracts.contract_id

),

entries as (

    select
        legal_entity_code,
        contract_id,
        customer_id,
        document_type,
        document_id,
        adjustment_line_id as document_line_id,
        contract_line_id,
        cast(null as varchar) as contract_version_id,
        product_code,
        kind as entry_type,
        account_role,
        currency as transaction_currency,
        effective_date as effect_date,
        cast(sign * amount_minor as bigint) as amount_minor,
        cast(sign * functional_amount_minor as bigint) as functional_amount_minor,
        cast(null as varchar) as price_version,
        rate_id,
        cast(1 as bigint) as source_event_count,
        correlation_id,
        adjustment_date as mapped_date
    from signed

)

select * from entries
