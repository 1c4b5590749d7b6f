-- One row per batch, subledger line and journal line: what was sealed, and where it went. A line
-- whose two currencies have opposite signs goes into two journal lines.
-- A line without a document was sealed but nets to zero with its neighbours: the ERP never sees it.
with

deltas as (

    select * from {{ ref('stg_ledger__deltas') }}

),

batches as (

    select * from {{ ref('stg_ledger__batches') }}

),

voids as (

    select * from {{ ref('stg_ledger__voids') }}

),

credits as (

    select * from {{ ref('stg_events__credits') }} where is_first

),

requests as (

    select * from {{ ref('credit_requests') }}

),

final as (

    select
        deltas.batch_number || ':' || deltas.subledger_line_key
        || ':' || coalesce(deltas.line_number, 0) as journal_line_source_key,
        deltas.batch_number,
        deltas.subledger_line_key,
        deltas.document_key,
        cast(deltas.line_number as bigint) as line_number,
        deltas.document_key || ':' || deltas.line_number as journal_line_key,
        deltas.entry_group_key,
        deltas.book,
        deltas.legal_entity_code,
        deltas.contract_id,
        deltas.customer_id,
        deltas.document_type,
        deltas.document_id,
        deltas.document_line_id,
        deltas.contract_line_id,
        deltas.contract_version_id,
        deltas.product_code,
        deltas.entry_type,
        deltas.account_role,
        deltas.account_code,
        deltas.dimension_product,
        deltas.transaction_currency,
        deltas.functional_currency,
        deltas.origin_period,
        deltas.effective_date,
        deltas.posting_date,
        deltas.accounting_period,
        deltas.origin_period <> deltas.accounting_period as is_prior_period,
        deltas.amount_minor,
        deltas.functional_amount_minor,
        deltas.mapping_version,
        deltas.price_version,
        deltas.rate_id,
        deltas.source_event_count,
        deltas.correlation_id,
        requests.ticket_id,
        batches.run_id,
        batches.code_version,
        batches.reference_version,
        batches.policy_version,
        voids.document_key is not null as is_voided
    from deltas
    left join batches on deltas.batch_number = batches.batch_number
    left join voids on deltas.document_key = voids.document_key
    left join credits
        on deltas.document_type = 'credit' and deltas.document_id = credits.credit_id
    left join requests on credits.request_id = requests.request_id

)

select * from final
