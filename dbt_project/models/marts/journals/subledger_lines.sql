-- One row per subledger line key: every line the books should hold, from all that is known.
with

entries as (

    select * from {{ ref('int_subledger_entries_mapped') }}

),

summed as (

    select
        subledger_line_key,
        min(entry_group_key) as entry_group_key,
        min(book) as book,
        min(legal_entity_code) as legal_entity_code,
        min(erp_code) as erp_code,
        min(contract_id) as contract_id,
        min(customer_id) as customer_id,
        min(document_type) as document_type,
        min(document_id) as document_id,
        min(document_line_id) as document_line_id,
        min(contract_line_id) as contract_line_id,
        max(contract_version_id) as contract_version_id,
        max(product_code) as product_code,
        min(entry_type) as entry_type,
        min(account_role) as account_role,
        min(account_code) as account_code,
        min(dimension_product) as dimension_product,
        min(transaction_currency) as transaction_currency,
        min(functional_currency) as functional_currency,
        min(origin_period) as origin_period,
        max(effective_date) as effective_date,
        {{ sum_or_unknown('amount_minor') }} as amount_minor,
        {{ sum_or_unknown('functional_amount_minor') }} as functional_amount_minor,
        max(mapping_version) as mapping_version,
        {{ comma_list('price_version') }} as price_version,
        {{ comma_list('rate_id') }} as rate_id,
        cast(sum(source_event_count) as bigint) as source_event_count,
        min(correlation_id) as correlation_id
    from entries
    group by subledger_line_key

),

lines as (

    select * from summed
    where amount_minor is distinct from 0 or functional_amount_minor is distinct from 0

)

select * from lines
