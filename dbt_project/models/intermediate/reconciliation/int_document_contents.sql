-- One row per document as it was sealed and one per document posted in the ERP, each with its
-- lines in one text that can be compared. Lines of one account and side count together: an ERP
-- may merge them.
with

journal_lines as (

    select * from {{ ref('journal_lines') }}

),

erp_document_lines as (

    select * from {{ ref('stg_exports__erp_document_lines') }}

),

lines as (

    select
        'sealed' as origin,
        document_key as origin_id,
        document_key,
        erp_code,
        legal_entity_code,
        cast(null as varchar) as erp_number,
        currency,
        posting_date,
        accounting_period,
        account_code,
        dimension_product,
        side,
        amount_minor,
        functional_amount_minor
    from journal_lines

    union all

    select
        'erp' as origin,
        erp_document_id as origin_id,
        document_key,
        erp_code,
        legal_entity_code,
        erp_number,
        currency,
        posting_date,
        accounting_period,
        account_code,
        dimension_product,
        side,
        amount_minor,
        functional_amount_minor
    from erp_document_lines
    where state = 'posted'

),

account_sums as (

    select
        origin,
        erp_code,
        origin_id,
        document_key,
        legal_entity_code,
        erp_number,
        currency,
        posting_date,
        accounting_period,
        account_code,
        coalesce(dimension_product, '') as dimension_product,
        side,
        sum(amount_minor) as amount_minor,
        sum(functional_amount_minor) as functional_amount_minor
    from lines
    group by all

),

documents as (

    select
        origin,
        erp_code,
        origin_id,
        document_key,
        legal_entity_code,
        min(erp_number) as erp_number,
        min(currency) as currency,
        min(posting_date) as posting_date,
        min(accounting_period) as accounting_period,
        cast(sum(amount_minor) filter (where side = 'debit') as bigint) as debit_minor,
        cast(sum(functional_amount_minor) filter (where side = 'debit') as bigint)
            as functional_debit_minor,
        string_agg(
            concat_ws(
                ' ', posting_date, account_code, dimension_product, side, currency, amount_minor,
                functional_amount_minor
            ),
            '; ' order by account_code, dimension_product, side, currency, posting_date
        ) as content
    from account_sums
    group by origin, erp_code, origin_id, document_key, legal_entity_code

)

select * from documents
