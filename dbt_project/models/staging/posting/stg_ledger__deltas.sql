-- One row per subledger line key and batch, with the journal line it went into.
with

source as (

    select * from {{ source('ledger', 'deltas') }}

),

renamed as (

    select
        batch_number,
        document_key,
        line_number,
        subledger_line_key,
        entry_group_key,
        book,
        legal_entity_code,
        erp_code,
        contract_id,
        customer_id,
        document_type,
        document_id,
        document_line_id,
        contract_line_id,
        contract_version_id,
        product_code,
        entry_type,
        account_role,
        account_code,
        dimension_product,
        transaction_currency,
        functional_currency,
        origin_period,
        effective_date,
        posting_date,
        accounting_period,
        mapping_version,
        price_version,
        rate_id,
        source_event_count,
        correlation_id,
        amount_minor,
        functional_amount_minor
    from source

)

select * from renamed
