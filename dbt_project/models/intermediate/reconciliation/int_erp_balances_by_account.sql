-- One row per ERP, legal entity, account, accounting period and currency: the balance the ERP
-- reports, debits positive, and the lines it holds.
with

erp_balances as (

    select * from {{ ref('stg_exports__erp_balances') }}

),

erp_document_lines as (

    select * from {{ ref('stg_exports__erp_document_lines') }}

),

erp_line_counts as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        count(*) as line_count
    from erp_document_lines
    where state = 'posted'
    group by erp_code, legal_entity_code, account_code, accounting_period, currency

),

balances as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        debit_minor - credit_minor as balance_minor,
        functional_debit_minor - functional_credit_minor as functional_balance_minor
    from erp_balances

),

combined as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        coalesce(erp_line_counts.line_count, 0) as line_count,
        coalesce(balances.balance_minor, 0) as balance_minor,
        coalesce(balances.functional_balance_minor, 0) as functional_balance_minor
    from balances
    full join erp_line_counts
        using (erp_code, legal_entity_code, account_code, accounting_period, currency)

)

select * from combined
