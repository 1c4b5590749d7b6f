-- One row per document and line number: one debit or credit of a sealed ERP document.
with

journal_lines as (

    select * from {{ ref('stg_ledger__journal_lines') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

final as (

    select
        journal_lines.document_key || ':' || journal_lines.line_number as journal_line_key,
        journal_lines.document_key,
        cast(journal_lines.line_number as bigint) as line_number,
        journal_lines.batch_number,
        journal_entries.erp_code,
        journal_entries.book,
        journal_entries.legal_entity_code,
        journal_entries.currency,
        journal_entries.functional_currency,
        journal_entries.posting_date,
        journal_entries.accounting_period,
        journal_entries.entry_type,
        journal_entries.delivery_status,
        journal_entries.is_voided,
        journal_lines.account_code,
        journal_lines.dimension_product,
        journal_lines.side,
        journal_lines.amount_minor,
        {{ to_amount('journal_lines.amount_minor', 'currencies.minor_unit_exponent') }} as amount,
        journal_lines.functional_amount_minor,
        case
            when journal_lines.side = 'debit' then journal_lines.amount_minor
            else -journal_lines.amount_minor
        end as signed_minor,
        case
            when journal_lines.side = 'debit' then journal_lines.functional_amount_minor
            else -journal_lines.functional_amount_minor
        end as signed_functional_minor
    from journal_lines
    inner join journal_entries on journal_lines.document_key = journal_entries.document_key
    left join currencies on journal_entries.currency = currencies.currency

)

select * from final
