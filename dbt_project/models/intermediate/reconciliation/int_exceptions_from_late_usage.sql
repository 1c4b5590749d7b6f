-- One row per usage line of a contract, period of the usage and period it was posted in, when that
-- is a later one: nothing is held, but a closed period would have had another figure.
with

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }}
    where
        entry_type = 'usage_accrual'
        and account_role = 'revenue'
        and is_prior_period
        and not is_voided

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

late as (

    select
        journal_line_sources.contract_id,
        journal_line_sources.contract_line_id,
        journal_line_sources.legal_entity_code,
        journal_line_sources.transaction_currency,
        journal_line_sources.origin_period,
        journal_line_sources.accounting_period,
        cast(-sum(journal_line_sources.amount_minor) as bigint) as amount_minor,
        min(journal_entries.sealed_as_of) as opened_at
    from journal_line_sources
    left join journal_entries
        on journal_line_sources.document_key = journal_entries.document_key
    group by
        journal_line_sources.contract_id,
        journal_line_sources.contract_line_id,
        journal_line_sources.legal_entity_code,
        journal_line_sources.transaction_currency,
        journal_line_sources.origin_period,
        journal_line_sources.accounting_period

),

final as (

    select
        'late_usage' as origin,
        'LATE_USAGE_CLOSED_PERIOD' as code,
        'usage_charge' as subject_type,
        concat_ws(
            '|',
            late.contract_id,
            late.contract_line_id,
            late.legal_entity_code,
            late.transaction_currency,
            late.origin_period,
            late.accounting_period
        ) as subject_key,
        'Usage of line ' || late.contract_line_id || ' of contract ' || late.contract_id || ' in '
        || late.origin_period || ' over '
        || {{ amount_text(
            'late.amount_minor', 'currencies.minor_unit_exponent', 'late.transaction_currency'
        ) }}
        || ' came or was corrected after that period was closed: it is posted in '
        || late.accounting_period || '.' as sentence,
        late.amount_minor,
        late.transaction_currency as currency,
        late.legal_entity_code,
        late.opened_at
    from late
    left join currencies on late.transaction_currency = currencies.currency
    where late.amount_minor <> 0

)

select * from final
